import type { Facts, NameSeen } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Whether the names that visitors type lead here, by IPv4 and by IPv6, as far as that can be known from inside. */
export const names = ({ names: seen }: Facts): Examined => {
  if (seen.length === 0) {
    const fine =
      'names: none is configured, so whether the public address leads here was not looked at (--as www.example.org does)';
    return { findings: [], fine };
  }
  const isHere = seen.every(({ door: reached }) => reached.some((each) => each.isUsher === true));
  const fine = `names: ${listOf(seen.map(({ name }) => name))} ${seen.length === 1 ? 'leads' : 'lead'} here`;
  return { findings: seen.flatMap(judge), ...(isHere ? { fine } : {}) };
};

const judge = (seen: NameSeen): readonly Finding[] => {
  const { name, v4, v6 } = seen;
  if (v4.length + v6.length === 0) {
    return [
      {
        hurts: 'everybody',
        about: 'names',
        what: `${name} has no address: whoever types it finds nothing.`,
        remedy: 'Enter it into the DNS, or take it out of "names".',
      },
    ];
  }
  return [...door(seen), ...forwarding(seen), ...gaps(seen)];
};

/** Whether the name leads to the primary. What cannot be reached from inside may well be from outside. */
const door = ({ name, isOwn, door: reached }: NameSeen): readonly Finding[] => {
  const stranger = reached.find(({ isUsher }) => isUsher === false);
  if (stranger !== undefined) {
    return [
      {
        hurts: 'some',
        about: 'names',
        what: `${name} leads, by IPv${stranger.family}, to a server that is not Usher.`,
        remedy: 'Set the DNS, or the forwarding of the router, to this machine.',
      },
    ];
  }
  const far = reached.find(({ family, failed }) => family === 4 && failed !== undefined);
  if (far?.failed === undefined || isOwn) return [];
  return [
    {
      hurts: 'nobody',
      about: 'hairpin',
      what: `${name} is not reachable from this machine (${far.failed.failure}: ${far.failed.detail}). Either the router does not let those inside visit its public address (no hairpin), or it forwards nothing; from inside the two look alike.`,
      remedy: `Open http://${name}/ from outside, such as from a phone without Wi-Fi. Those inside need a name server, or a hosts file, that gives them the inner address.`,
    },
  ];
};

/** Ports of a public address that does answer, but not for these. */
const forwarding = ({ name, isOwn, door: reached, ports }: NameSeen): readonly Finding[] => {
  const isAnswering = reached.some(({ family, isUsher }) => family === 4 && isUsher === true);
  if (isOwn || !isAnswering) return [];
  return ports
    .filter(({ family, failed }) => family === 4 && failed !== undefined)
    .map(({ id, port, failed }) => ({
      hurts: 'some',
      about: 'forwarding',
      what: `${name} answers, but not on port ${port} (${failed?.failure ?? ''}): visitors who are sent to ${id} find nobody.`,
      remedy: `Forward port ${port} on the router, and open it in the firewall.`,
    }));
};

/** What the name promises by IPv6 and does not keep. */
const gaps = ({ name, v4, v6, door: reached, ports }: NameSeen): readonly Finding[] => {
  if (v6.length === 0) return [];
  const remedy = `Let it listen on IPv6 too ("[::]"), or take the AAAA record of ${name} away.`;
  const sixth = reached.find(({ family }) => family === 6);
  const findings: Finding[] = [];
  if (
    sixth?.failed?.failure === 'refused' &&
    v4.length > 0 &&
    reached.some((each) => each.isUsher === true)
  ) {
    const what = `${name} has an IPv6 address, but the primary does not listen there: browsers lose time there, and visitors with IPv6 alone find nobody.`;
    findings.push({ hurts: 'some', about: 'ipv6', what, remedy });
  }
  const deaf = ports.filter(({ family, failed }) => family === 6 && failed?.failure === 'refused');
  const isGap = ({ port }: (typeof deaf)[number]): boolean =>
    v4.length === 0 ||
    ports.some((each) => each.family === 4 && each.port === port && each.failed === undefined);
  for (const { id, port } of deaf.filter(isGap)) {
    findings.push({
      hurts: 'some',
      about: 'ipv6',
      what: `${name} has an IPv6 address, but ${id} does not listen on port ${port} there: visitors with IPv6 alone find nobody.`,
      remedy,
    });
  }
  if (sixth?.failed !== undefined && sixth.failed.failure !== 'refused') {
    findings.push({
      hurts: 'nobody',
      about: 'ipv6',
      what: `${name} has an IPv6 address that cannot be reached from here (${sixth.failed.failure}): whether it works for visitors cannot be known from here.`,
      remedy: 'Try it from outside, from a network with IPv6.',
    });
  }
  return findings;
};
