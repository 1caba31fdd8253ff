// Numbers and spans as people read them. Used by the server for the first page and by the browser from then on.

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** A span in one or two steps: `3 s`, `2 min`, `4 h 10 min`, `6 d 2 h`. */
export const span = (ms) => {
  if (!Number.isFinite(ms) || ms < 1000) return '0 s';
  const at = units.findIndex(([size]) => ms >= size);
  const [size, name] = units[at];
  const whole = `${Math.floor(ms / size)} ${name}`;
  const [rest, restName] = units[at + 1] ?? [];
  if (rest === undefined || size <= 60_000) return whole;
  const left = Math.floor((ms % size) / rest);
  return left === 0 ? whole : `${whole} ${left} ${restName}`;
};

/** How long ago: `now`, `3 s ago`. */
export const ago = (ms) => (ms < 1500 ? 'now' : `${span(ms)} ago`);

/** An answer time: `0.8 ms`, `12 ms`, `1.4 s`. */
export const milliseconds = (ms) => {
  if (!Number.isFinite(ms)) return '–';
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
};

/** An age that one watches: `0.9 s`, `12 s`, `2 min`. */
export const seconds = (ms) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms));

/** Why a secondary gets no new visitors, and whose wish that is. */
export const whyNot = ({ words, detail, why }) =>
  detail === undefined || why === 'down' || why === 'unknown' ? words : `${words} (${detail})`;

/** That a load cannot be read, and why: `not read since (refused: …)`, after what was read last; else empty. */
export const notRead = ({ load, loadFailure }) =>
  loadFailure === undefined
    ? ''
    : `${load === undefined ? 'not read yet' : 'not read since'} (${loadFailure})`;

/** A share: `33 %`, `0.4 %`. */
export const percent = (share) => {
  const of100 = share * 100;
  return of100 > 0 && of100 < 1 ? `${of100.toFixed(1)} %` : `${Math.round(of100)} %`;
};

/** A number with its thousands apart. */
// Not by Intl: on the server that would load 5 MB of the world's customs for a comma.
export const count = (number) =>
  Math.round(number)
    .toFixed(0)
    .replace(/\B(?=(\d{3})+$)/g, ',');

/** Who is still there of one that drains: `about 12 left, the last for 40 min at most`. */
export const stillThere = ({ visitors, restMs, hasUncounted }) => {
  if (restMs === undefined) return 'nobody is left';
  const known = `about ${count(visitors)} left`;
  const others = 'whoever came before Usher started';
  const who = hasUncounted ? (visitors === 0 ? `${others} may be left` : `${known}, and ${others}`) : known;
  return `${who}, the last for ${span(restMs)} at most`;
};

/** A rate: `0`, `0.4`, `12`, `12,300`. */
export const rate = (perSecond) => {
  if (perSecond === 0) return '0';
  return perSecond < 10 ? perSecond.toFixed(1) : count(perSecond);
};

/** What visitors' browsers told: `nearness known of 12 networks · 1,204 receipts, 3 refused`. */
export const receiptWords = ({ networks, taken, refused }) => {
  const who = networks === 1 ? '1 network' : `${count(networks)} networks`;
  const receipts = taken === 1 ? '1 receipt' : `${count(taken)} receipts`;
  return `nearness known of ${who} · ${receipts}${refused === 0 ? '' : `, ${count(refused)} refused`}`;
};

/** Whether a secondary is otherwise than one would like it: that one is looked for. */
export const needsLook = ({ health, state, warmth }) => health !== 'up' || state !== 'ready' || warmth < 1;
