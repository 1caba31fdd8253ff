import type { Settings } from '../../config/settings.ts';
import type { Decisions, NotedDecision } from '../../dispatch/diary/decisions.ts';
import { createRosters, type Roster } from '../../dispatch/roster/roster.ts';
import type { Clock, Instant } from '../../model/clock.ts';
import type { Draw } from '../../model/policy.ts';
import type { PoolSnapshot, Standing } from '../../model/pool.ts';
import type { Id } from '../../model/secondary.ts';
import type { Host, Target, Visit } from '../../model/visit.ts';
import { policies } from '../../policies/index.ts';
import { countVisitor, fadingLength, openFading } from '../../policies/balance/fading.ts';
import { makeFrom } from '../../unit.ts';
import { nearAgain } from './draw-again.ts';

/** What an edit of the list would do to the visitors. Plain data. */
export interface Foreseen {
  /** how many of the last new visitors it was tried with */
  readonly visits: number;
  /** too few came for that: it was tried with so many made-up ones, ten a second */
  readonly madeUp: number;
  /** of how many visits the policy asked for what is not kept of them, their network, cookie or path: that was made up */
  readonly guessed: number;
  /** share of the new visitors, 0 to 1; absent: it is not in that list */
  readonly shares: readonly { readonly id: Id; readonly before?: number; readonly after?: number }[];
  /** about how many visitors are bound to a secondary by their cookie */
  readonly bound: number;
  /** of them, how many would have to go to another one who need not as it is */
  readonly moving: number;
}

export interface ForeseeSources {
  readonly before: Settings;
  readonly after: Settings;
  readonly pool: PoolSnapshot;
  readonly decisions: Pick<Decisions, 'read' | 'next'>;
  /** the row of the ledger that each secondary has now */
  readonly slots: ReadonlyMap<Id, number>;
  /** about how many visitors are bound to it */
  readonly boundTo: (id: Id) => number;
  readonly clock: Clock;
}

const MOST_VISITS = 10_000;
/** Fewer tell nothing about shares. */
const FEWEST_VISITS = 100;
const MADE_UP = 1000;
const MADE_UP_EVERY_MS = 100;

/** Where visitors come in whose path no entrance names. */
const MAIN_WAY = 0;

/** Sends the last new visitors once more, by the list as it is and by the edited one. */
export const foresee = (sources: ForeseeSources): Foreseen => {
  const { before, after, boundTo } = sources;
  const last = lastCome(sources);
  const isFew = last.length < FEWEST_VISITS;
  const at: readonly Came[] = isFew
    ? Array.from({ length: MADE_UP }, (_, visit) => ({ after: visit * MADE_UP_EVERY_MS }))
    : last;
  const isSamePolicy = JSON.stringify(before.policy) === JSON.stringify(after.policy);
  const old = sendAll(before, at, sources);
  const next = sendAll(after, isSamePolicy ? at : at.map(({ after: ms }) => ({ after: ms })), sources);
  const ids = new Set([...before.secondaries, ...after.secondaries].map(({ id }) => id));
  const bound = before.secondaries.map(({ id }) => ({ id, visitors: boundTo(id) }));
  const sum = (list: typeof bound): number => list.reduce((all, { visitors }) => all + visitors, 0);
  return {
    visits: isFew ? 0 : at.length,
    madeUp: isFew ? MADE_UP : 0,
    guessed: isFew ? 0 : next.guessed,
    shares: Array.from(ids, (id) => ({
      id,
      ...(old.sent.has(id) ? { before: share(old.sent.get(id), at.length) } : {}),
      ...(next.sent.has(id) ? { after: share(next.sent.get(id), at.length) } : {}),
    })),
    bound: sum(bound),
    moving: sum(bound.filter(({ id }) => old.roster.keepers.has(id) && !next.roster.keepers.has(id))),
  };
};

const share = (sent = 0, of: number): number => Math.round((sent / of) * 1000) / 1000;

/** A visit that comes once more. */
interface Came {
  /** milliseconds after the first */
  readonly after: number;
  /** what the policy that is in force asked of it; absent: that is not known */
  readonly noted?: NotedDecision;
}

/** The last new visitors, from the first of them on. */
const lastCome = ({ decisions }: ForeseeSources): readonly Came[] => {
  const next = decisions.next();
  const edition = decisions.read(next - 1)?.edition;
  const all: NotedDecision[] = [];
  for (let back = 1; back <= Math.min(MOST_VISITS, next); back += 1) {
    const noted = decisions.read(next - back);
    if (noted?.kind === 'chosen') all.push(noted);
  }
  all.reverse();
  const [first] = all;
  return all.map((noted) => ({
    after: Math.max(0, noted.at - (first?.at ?? 0)),
    // Another way in has another policy, and before an edit it may have been another, or rows were others'.
    ...(noted.way === MAIN_WAY && noted.edition === edition ? { noted } : {}),
  }));
};

/** They come again, from now on, to this list, as it stands now. */
const sendAll = (
  settings: Settings,
  at: readonly Came[],
  { pool, clock, slots: rows }: ForeseeSources,
): { readonly roster: Roster; readonly sent: ReadonlyMap<Id, number>; readonly guessed: number } => {
  const { secondaries } = settings;
  const now = clock.now();
  const slots = new Map(secondaries.map(({ id }, slot) => [id, slot]));
  const roster = createRosters({
    secondaries,
    slots,
    slowReturnMs: settings.checks.slowReturnMs,
    whenAllDown: settings.whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
    clock: { now: () => now, wall: clock.wall },
    ledger: { since: () => 0, fading: [] },
  }).of(withNewcomers(pool, settings, now));
  const sent = new Map(secondaries.map(({ id }) => [id, 0]));
  const prepared = roster.prepared(makeFrom(policies, settings.policy));
  if (prepared === undefined) return { roster, sent, guessed: 0 };
  const fading = openFading(new Float64Array(fadingLength(slots.size)), 0, slots.size);
  const since = new Float64Array(slots.size);
  const dice = steadyDice();
  const slotByRow = new Map(Array.from(rows, ([id, row]) => [row, slots.get(id) ?? -1]));
  let guessed = 0;
  at.forEach(({ after, noted }, ticket) => {
    const asked = { times: 0 };
    const ledger = { fading: [fading], since: (slot: number) => since[slot] ?? 0 };
    const { secondary, slot } = prepared.pick({
      visit: someVisit(ticket, () => {
        asked.times += 1;
      }),
      ticket,
      dice,
      now: now + after,
      ledger,
      ...(noted === undefined ? {} : asNoted(noted, slotByRow)),
    });
    if (noted === undefined && asked.times > 0) guessed += 1;
    countVisitor(fading, slot, now + after);
    since[slot] = (since[slot] ?? 0) + 1;
    sent.set(secondary.id, (sent.get(secondary.id) ?? 0) + 1);
  });
  return { roster, sent, guessed };
};

/** What policies know a visitor by, as it was noted. */
const asNoted = (
  { print, from, near }: NotedDecision,
  slotByRow: ReadonlyMap<number, number>,
): Partial<Draw> => ({
  ...(print === undefined ? {} : { print: () => print }),
  ...(near === undefined
    ? {}
    : { near: nearAgain(near.map(({ slot, ms }) => ({ slot: slotByRow.get(slot) ?? -1, ms }))) }),
  whereabouts: () => from,
});

/** Whoever is new in the list is taken to be up: that is what it is added for. */
const withNewcomers = (pool: PoolSnapshot, { secondaries }: Settings, now: Instant): PoolSnapshot => {
  if (pool.source === 'none') return pool;
  const standings = new Map<Id, Standing>(pool.standings);
  for (const { id } of secondaries) {
    if (standings.has(id)) continue;
    standings.set(id, { id, verdict: { health: 'up', since: now, passes: 1, fails: 0, flaps: 0 } });
  }
  return { ...pool, standings };
};

/** Somebody from a network of his own, at a page of his own. @param asked is called when a policy goes by that */
const someVisit = (number: number, asked: () => void): Visit => ({
  method: 'GET',
  scheme: 'http',
  host: 'localhost' as Host,
  get target() {
    asked();
    return `/${String(number)}` as Target;
  },
  visitor: () => {
    asked();
    return `${String(11 + (number % 89))}.${String((number >> 8) & 255)}.${String(number & 255)}.1`;
  },
  cookie: '',
  avoid: [],
  userAgent: '',
  accept: '',
  dest: '',
});

/** The same numbers each time (a linear congruential generator, Numerical Recipes): what is foreseen does not flicker. */
const steadyDice = (): (() => number) => {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
