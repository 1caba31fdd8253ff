import type { Facts, Look } from './facts.ts';
import type { Examined, Finding } from './finding.ts';

/** A Date header counts whole seconds; less than this nobody notices. */
const NOTICED_MS = 5000;
/** From here on sessions and caches end too early or too late. */
const HARMFUL_MS = 60_000;

/** Whether the secondaries' clocks agree with this machine's, by their Date headers. */
export const clocks = ({ looks }: Facts): Examined => {
  const apart = looks.flatMap((look) => {
    const offMs = offBy(look);
    return offMs === undefined
      ? []
      : [{ id: look.secondary.id, host: new URL(look.secondary.at).hostname, offMs }];
  });
  const own = ownClock(apart);
  if (own !== undefined) return { findings: [own] };
  const findings = apart
    .filter(({ offMs }) => Math.abs(offMs) >= NOTICED_MS)
    .map(({ id, offMs }): Finding => ({
      hurts: Math.abs(offMs) >= HARMFUL_MS ? 'some' : 'nobody',
      about: 'clocks',
      what: `The clock of ${id} is ${span(Math.abs(offMs))} ${offMs > 0 ? 'ahead of' : 'behind'} this machine's: cookies and cached pages end at the wrong time, and logs do not merge in order.`,
      remedy: 'Let both machines keep time by NTP (systemd-timesyncd, chrony).',
    }));
  return { findings, ...(apart.length === 0 ? {} : { fine: 'clocks: all agree within 5 seconds' }) };
};

/** A secondary whose clock could be read. */
interface Apart {
  readonly id: string;
  readonly host: string;
  readonly offMs: number;
}

/** Where machines agree with one another and not with this one, it is this one's clock that is wrong. */
const ownClock = (apart: readonly Apart[]): Finding | undefined => {
  const offs = apart.map(({ offMs }) => offMs);
  const [least, most] = [Math.min(...offs), Math.max(...offs)];
  const isOwn =
    new Set(apart.map(({ host }) => host)).size > 1 &&
    most - least < NOTICED_MS &&
    (least >= NOTICED_MS || most <= -NOTICED_MS);
  if (!isOwn) return undefined;
  const offMs = least > 0 ? least : -most;
  return {
    hurts: offMs >= HARMFUL_MS ? 'some' : 'nobody',
    about: 'clocks',
    what: `The secondaries' clocks agree with one another and are ${span(offMs)} ${least > 0 ? 'ahead of' : 'behind'} this machine's: its own is wrong, and logs do not merge in order.`,
    remedy: 'Let this machine keep time by NTP (systemd-timesyncd, chrony).',
  };
};

/** Milliseconds by which its clock is ahead, as little as the answer's time on the way allows. */
const offBy = ({ pages }: Look): number | undefined => {
  for (const { answer, askedAt, cameAt } of pages) {
    const date = answer.ok ? Date.parse(answer.headers['date'] ?? '') : NaN;
    if (Number.isNaN(date)) continue;
    if (date > cameAt) return date - cameAt;
    // its second had begun at `date`, and ended at most a second later
    return Math.min(0, date + 1000 - askedAt);
  }
  return undefined;
};

const span = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
};
