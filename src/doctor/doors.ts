import { BAD_PORTS } from '../config/bad-ports.ts';
import type { DoorSeen, Facts } from './facts.ts';
import type { Examined, Finding } from './finding.ts';

/** Whether the primary answers on each of its listeners; and that browsers visit their ports. */
export const doors = ({ doors: seen, settings }: Facts): Examined => ({
  findings: [...seen.flatMap(judge), ...badPorts(settings)],
  fine: `primary: Usher answers on ${seen.map(({ name }) => name).join(', ')}`,
});

const judge = ({ name, answer, isUsher, cannotListen }: DoorSeen): readonly Finding[] => {
  if (isUsher) return [];
  const finding = { hurts: 'everybody', about: 'primary' } as const;
  if (answer.ok) {
    const what = `Another program answers on ${name} (HTTP ${answer.status}), not Usher: visitors never come to it.`;
    return [
      { ...finding, what, remedy: 'Stop that program (ss -ltnp shows it), or choose another "listen".' },
    ];
  }
  if (answer.failure === 'tls') return [];
  if (answer.failure !== 'refused') {
    const what = `Something listens on ${name} but gives no answer (${answer.failure}: ${answer.detail}).`;
    return [{ ...finding, what, remedy: 'See what holds the port (ss -ltnp) and restart Usher.' }];
  }
  return [{ ...finding, ...whyNobody(name, cannotListen) }];
};

/** Why nobody listens on a port, as far as that can be known. */
const whyNobody = (name: string, code: string | undefined): Pick<Finding, 'what' | 'remedy'> => {
  switch (code) {
    case undefined:
      return {
        what: `Nobody listens on ${name}: Usher does not run, and visitors find nothing. The port is free.`,
        remedy: 'Start it: usher start',
      };
    case 'EACCES':
      return {
        what: `Nobody listens on ${name}, and this user may not: ports below 1024 are privileged.`,
        remedy:
          'Run Usher by systemd with AmbientCapabilities=CAP_NET_BIND_SERVICE (ops/systemd), or let it listen on 8080 and have the router forward port 80 there.',
      };
    case 'EADDRINUSE':
      return {
        what: `${name} is taken by a program that does not answer on loopback.`,
        remedy: 'ss -ltnp shows it; stop it, or choose another "listen".',
      };
    case 'EADDRNOTAVAIL':
      return {
        what: `Nobody listens on ${name}, and nobody can: this machine does not have that address.`,
        remedy: 'Name one of its own addresses in "listen", or none.',
      };
    default:
      return {
        what: `Nobody listens on ${name}, and nobody can: ${code}.`,
        remedy: 'Choose another "listen".',
      };
  }
};

const badPorts = ({ listen, whenAllDown, secondaries }: Facts['settings']): readonly Finding[] => {
  const url = whenAllDown.kind === 'url' ? URL.parse(whenAllDown.url) : null;
  const ports = [
    ...listen.map(({ port }) => ({ port, where: '"listen"' })),
    ...(url === null ? [] : [{ port: Number(url.port), where: '"whenAllDown"' }]),
    ...secondaries.map(({ id, address }) => ({
      port: address.kind === 'same-host' ? address.port : Number(new URL(address.origin).port),
      where: id,
    })),
  ];
  return ports
    .filter(({ port }) => port !== 0 && BAD_PORTS.has(port))
    .map(({ port, where }) => ({
      hurts: where === '"listen"' ? 'everybody' : 'some',
      about: 'ports',
      what: `Browsers refuse to visit port ${port}, which ${where} has.`,
      remedy: 'Take a port such as 8086.',
    }));
};
