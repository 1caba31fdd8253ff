import type { SecondarySettings, Settings } from '../config/settings.ts';
import type { Event, Journal } from '../journal.ts';
import type { Clock, Dice, Instant } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';
import { nothingKnown, type PoolSnapshot, type Standing } from '../model/pool.ts';
import type { Probe } from '../model/probe.ts';
import type { Id } from '../model/secondary.ts';
import { becauseOf } from '../verdicts/because.ts';
import { countTurn, mayBeTheLooker, type Round } from '../verdicts/hold.ts';
import { joinViews, NOTHING_SEEN, seeItself, type OwnView } from '../verdicts/own-view.ts';
import { createAllowance } from './allowance.ts';
import { olderOfTwo } from './older-of-two.ts';
import { isSameLoad, isSamePing } from './same-question.ts';

/** What of the settings freshening goes by. */
export type FreshenerSettings = Pick<Settings, 'secondaries' | 'checks'>;

export interface FreshenerOptions {
  readonly settings: FreshenerSettings;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly journal: Journal;
  /** how many visits were answered; may begin anew */
  readonly visits: () => number;
  /** The means to ask one secondary; asked for when the first visitor came. */
  readonly probeOf: (secondary: SecondarySettings) => Promise<Probe>;
  readonly publish: (snapshot: PoolSnapshot) => void;
}

/**
 * Keeps old news fresh: after a visit is answered one or two secondaries are asked anew, and what they say goes into
 * the snapshot that came from elsewhere. No visitor waits for it.
 */
export interface Freshener {
  /** Takes a snapshot from elsewhere; it is published with what was seen here since. */
  readonly hear: (snapshot: PoolSnapshot) => void;
  /**
   * Asks this secondary at once, or as soon as the same limits allow, until it answers: a visitor says that it did not
   * work for him. An answer that was under way by then may be older than that, and does not do.
   */
  readonly askNow: (id: Id) => void;
  /** A journal for whoever looks beside: a change of health is told once, by who saw it first. */
  readonly journal: Journal;
  readonly update: (settings: FreshenerSettings) => void;
  readonly stop: () => void;
}

/** How often visits are counted in busy times. */
export const BUSY_MS = 50;
/** How often visits are counted in quiet times. */
const QUIET_MS = 250;
/** No visit for so long: a quiet time. */
const SETTLED_MS = 5000;

/** A secondary that was heard so many milliseconds ago is not asked, however many visitors come. */
export const REST_MS = 250;
/** Asking by these starts a program: not more often than the worker does. */
const PROGRAMS: ReadonlySet<string> = new Set(['exec', 'icmp']);
/** So many secondaries are asked in a second at most, some more at once after a pause, and so many at the same time. */
const MOST_PER_SECOND = 50;
const MOST_AT_A_TIME = 16;

/** What others saw is told too late by up to so much: a file is looked at every half second. */
const FILE_SLACK_MS = 1000;

/** How long news waits for more of it: each costs a copy of the pool's list. */
export const gatherMs = (secondaries: number): number => Math.max(50, secondaries);

const indexed = ({ secondaries }: FreshenerSettings): ReadonlyMap<Id, SecondarySettings> =>
  new Map(secondaries.map((secondary) => [secondary.id, secondary]));

/** Whether it says something of the secondary, and not only of this machine. */
const saysSomething = ({ outcome }: Observation): boolean => outcome.ok || outcome.failure !== 'exhausted';

/** Starts to count visits; asks nobody before the first. */
export const startFreshener = (options: FreshenerOptions): Freshener => {
  const { clock, dice } = options;
  let { settings } = options;
  let told = nothingKnown('cached');
  let views = new Map<Id, OwnView>();
  let standings: ReadonlyMap<Id, Standing> = told.standings;
  let seq = 0;
  let round: Round | undefined;
  const outByUs = new Set<Id>();
  const askedAt = new Map<Id, Instant>();
  const underWay = new Set<Id>();
  let probes = new Map<SecondarySettings, Promise<Probe>>();
  let byId = indexed(settings);
  let askable: readonly SecondarySettings[] = [];
  /** whom visitors complained of, and who has not answered since */
  const wanted = new Set<Id>();
  let seenVisits = options.visits();
  let lastVisitAt = -Infinity;
  const allowance = createAllowance({ most: MOST_AT_A_TIME, perSecond: MOST_PER_SECOND, now: clock.now() });
  let gathering: NodeJS.Timeout | undefined;
  let waiting: NodeJS.Timeout | undefined;
  let isStopped = false;

  const isAskable = ({ id, state }: SecondarySettings): boolean =>
    state !== 'maintenance' && told.standings.get(id)?.verdict.health !== 'down';

  const listAskable = (): void => {
    askable = settings.secondaries.filter(isAskable);
  };

  const publish = (): void => {
    clearTimeout(gathering);
    gathering = undefined;
    const joined = new Map<Id, Standing>();
    const joining = {
      now: clock.now(),
      slackMs: told.source === 'cached' ? FILE_SLACK_MS : 0,
      slowReturnMs: settings.checks.slowReturnMs,
    };
    const left = new Map<Id, OwnView>();
    for (const [id, view] of views) {
      const standing = told.standings.get(id);
      if (standing === undefined) continue;
      const both = joinViews(standing, view, joining);
      joined.set(id, both.standing);
      if (both.own.load !== undefined || both.own.verdict !== undefined) left.set(id, both.own);
      tellReturn(id, standing, both);
    }
    views = left;
    standings = joined.size === 0 ? told.standings : new Map([...told.standings, ...joined]);
    seq += 1;
    options.publish({ ...told, seq, standings });
  };

  /** One that was taken out here, and of which others never said that it is down, is back. */
  const tellReturn = (
    id: Id,
    { verdict: before }: Standing,
    { standing, own }: { readonly standing: Standing; readonly own: OwnView },
  ): void => {
    if (!outByUs.has(id) || before.health === 'down' || standing.verdict.health === 'down') return;
    outByUs.delete(id);
    const because = becauseOf(own.verdict ?? standing.verdict);
    options.journal({ type: 'health-changed', secondary: id, from: 'down', to: 'up', because });
  };

  const publishSoon = (): void => {
    gathering ??= setTimeout(publish, gatherMs(settings.secondaries.length));
  };

  /** Whether so many refuse at once that it may be this machine's own network: then it is left to the others. */
  const holds = (): boolean => {
    let up = 0;
    for (const { verdict } of standings.values()) if (verdict.health === 'up') up += 1;
    round = countTurn(round, { at: clock.now(), up, roundMs: settings.checks.everyMs });
    return mayBeTheLooker(round);
  };

  const see = (secondary: SecondarySettings, seen: Parameters<typeof seeItself>[2]['seen']): void => {
    const { id } = secondary;
    const standing = told.standings.get(id);
    if (standing === undefined) return;
    const before = views.get(id) ?? NOTHING_SEEN;
    const after = seeItself(before, standing, { seen, thresholds: secondary });
    if (after === before) return;
    const isTurned = before.verdict?.health !== after.verdict?.health;
    const out = isTurned && after.verdict?.health === 'down' ? after.verdict : undefined;
    if (out !== undefined && holds()) return;
    views.set(id, after);
    if (out !== undefined) {
      const from = before.verdict?.health ?? standing.verdict.health;
      const because = becauseOf(out);
      outByUs.add(id);
      options.journal({ type: 'health-changed', secondary: id, from, to: 'down', because });
    }
    if (isTurned) publish();
  };

  const ask = async (secondary: SecondarySettings): Promise<void> => {
    const { id } = secondary;
    const isWanted = wanted.delete(id);
    let isHeard = false;
    askedAt.set(id, clock.now());
    underWay.add(id);
    allowance.spend();
    try {
      const probe = await probeFor(secondary);
      if (probe === undefined) return;
      const { ping, load } = probe;
      const pinged = ping();
      const loaded = load(pinged);
      const seen = await pinged;
      const isCurrent = (): boolean => !isStopped && probes.has(secondary);
      if (isCurrent()) {
        isHeard = saysSomething(seen);
        see(secondary, seen);
      }
      const news = await loaded;
      if (!isCurrent() || news.kind !== 'report' || !told.standings.has(id)) return;
      views.set(id, { ...views.get(id), load: news.report });
      publishSoon();
    } catch (error) {
      options.journal({ type: 'bug', where: `freshening of ${id}`, error: String(error) });
    } finally {
      underWay.delete(id);
      if (isWanted && !isHeard) want(id);
    }
  };

  /** Where the means to ask cannot be loaded, the next one to be asked tries again. */
  const probeFor = async (secondary: SecondarySettings): Promise<Probe | undefined> => {
    let probe = probes.get(secondary);
    if (probe === undefined) probes.set(secondary, (probe = options.probeOf(secondary)));
    try {
      return await probe;
    } catch {
      probes.delete(secondary);
      return undefined;
    }
  };

  /** What it said to a question that nobody asks any more does not count any more. */
  const forgetUnasked = (before: SecondarySettings, after: SecondarySettings | undefined): void => {
    const { id } = before;
    if (after === undefined || !isSamePing(before, after)) {
      views.delete(id);
      outByUs.delete(id);
      askedAt.delete(id);
    } else if (!isSameLoad(before, after)) {
      const { load: _, ...rest } = views.get(id) ?? NOTHING_SEEN;
      views.set(id, rest);
    }
  };

  /** When it was last heard, here or by others. */
  const heardAt = ({ id }: SecondarySettings): Instant => {
    const standing = told.standings.get(id);
    return Math.max(
      askedAt.get(id) ?? -Infinity,
      standing?.load?.at ?? -Infinity,
      standing?.verdict.evidence?.at ?? -Infinity,
    );
  };

  const aim = (): SecondarySettings | undefined => {
    const place = olderOfTwo(askable.length, heardAtPlace, dice);
    return place === undefined ? undefined : askable[place];
  };

  const heardAtPlace = (place: number): Instant => {
    const secondary = askable[place];
    return secondary === undefined ? -Infinity : heardAt(secondary);
  };

  const restMs = ({ ping, load }: SecondarySettings): number =>
    PROGRAMS.has(ping.name) || PROGRAMS.has(load?.name ?? '')
      ? Math.max(REST_MS, settings.checks.everyMs)
      : REST_MS;

  const mayAsk = (): boolean => underWay.size < MOST_AT_A_TIME && allowance.has(clock.now());

  const askSome = (count: number): void => {
    for (let nth = 0; nth < count; nth += 1) {
      if (!mayAsk()) return;
      const secondary = aim();
      if (secondary === undefined) return;
      if (underWay.has(secondary.id) || clock.now() - heardAt(secondary) < restMs(secondary)) continue;
      void ask(secondary);
    }
  };

  /** Asks whom visitors complained of; whoever may not be asked yet is asked when he may. */
  const askWanted = (): void => {
    clearTimeout(waiting);
    if (isStopped) return;
    for (const id of told.standings.size === 0 ? [] : wanted) {
      if (!mayAsk()) break;
      const secondary = byId.get(id);
      if (secondary === undefined || !isAskable(secondary)) wanted.delete(id);
      else if (isRested(secondary)) void ask(secondary);
    }
    if (wanted.size > 0) waiting = setTimeout(askWanted, REST_MS);
  };

  const isRested = (secondary: SecondarySettings): boolean =>
    !underWay.has(secondary.id) &&
    clock.now() - (askedAt.get(secondary.id) ?? -Infinity) >= restMs(secondary);

  const want = (id: Id): void => {
    wanted.add(id);
    askWanted();
  };

  const tick = (): void => {
    const now = clock.now();
    const visits = options.visits();
    // A ledger that grew begins anew.
    const came = visits < seenVisits ? visits : visits - seenVisits;
    seenVisits = visits;
    if (came > 0) lastVisitAt = now;
    if (told.standings.size > 0) askSome(Math.min(MOST_AT_A_TIME, came) * settings.checks.freshen);
    count(now - lastVisitAt < SETTLED_MS ? BUSY_MS : QUIET_MS);
  };
  let timer: NodeJS.Timeout | undefined;
  const count = (inMs: number): void => {
    clearTimeout(timer);
    if (settings.checks.freshen > 0) timer = setTimeout(tick, inMs);
  };
  count(BUSY_MS);

  return {
    hear: (snapshot) => {
      told = snapshot;
      listAskable();
      publish();
    },
    askNow: want,
    journal: (event: Event) => {
      const isTold =
        event.type === 'health-changed' && event.to === 'down' && outByUs.delete(event.secondary);
      if (!isTold) options.journal(event);
    },
    update: (next) => {
      const before = settings.secondaries;
      settings = next;
      byId = indexed(settings);
      for (const each of before) forgetUnasked(each, byId.get(each.id));
      probes = new Map();
      listAskable();
      count(BUSY_MS);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(gathering);
      clearTimeout(waiting);
    },
  };
};
