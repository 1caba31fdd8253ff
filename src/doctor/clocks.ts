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
    return offMs === undefined ? [] : [{ id: look.secondary.id, offMs }];
  });
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
