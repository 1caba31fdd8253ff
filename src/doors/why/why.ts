import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntranceSettings, Settings } from '../../config/settings.ts';
import { avoidedAmong, decide } from '../../dispatch/decide.ts';
import {
  decisionId,
  decisionNumber,
  type Decisions,
  type NotedDecision,
} from '../../dispatch/diary/decisions.ts';
import { mainWay } from '../../dispatch/entrances.ts';
import type { Roster } from '../../dispatch/roster/roster.ts';
import { createVisitorsRoster } from '../../dispatch/roster/visitors-roster.ts';
import type { Clock } from '../../model/clock.ts';
import type { Candidate, LedgerView, Policy } from '../../model/policy.ts';
import type { PoolSnapshot, Source } from '../../model/pool.ts';
import type { Id } from '../../model/secondary.ts';
import { policies } from '../../policies/index.ts';
import { makeFrom } from '../../unit.ts';
import type { Archive, Edition } from './archive.ts';
import { drawAgain } from './draw-again.ts';
import { seenRows, type SeenRow } from './seen-rows.ts';

/** One secondary as a decision found it. Plain data; numbers that nobody knows any more are absent. */
export interface WhyRow extends SeenRow {
  readonly warmth?: number;
  /** how old the last check and the last load report were */
  readonly checkAgeMs?: number;
  readonly loadAgeMs?: number;
  /** visitors sent there since that report */
  readonly sentSince?: number;
}

/** A decision, told again. Plain data. */
export interface Why {
  readonly id: string;
  /** ISO 8601 */
  readonly at: string;
  readonly decision: 'kept' | 'chosen' | 'none';
  readonly secondary?: Id;
  /** the whole in one sentence */
  readonly words: string;
  /** the path that he came in by; absent: the main way */
  readonly entrance?: string;
  readonly policy?: string;
  readonly news: { readonly source: Source; readonly seq?: number; readonly ageMs?: number };
  /** the draw: how many were drawn for before, and what the dice showed */
  readonly ticket?: number;
  readonly dice: readonly number[];
  /** made once more from what was kept; absent: it cannot be */
  readonly again?: { readonly secondary?: Id; readonly isSame: boolean };
  /** what is missing, in a sentence */
  readonly missing?: string;
  /** in the order of the config */
  readonly secondaries: readonly WhyRow[];
}

/** Tells why decisions were made. */
export interface WhyTeller {
  /** `undefined`: it is none of the last ones of this run. One after the other; the last one told is kept. */
  readonly tell: (id: string) => Promise<Why | undefined>;
  /** the last few, the newest first; without the secondaries */
  readonly latest: (count: number) => readonly Brief[];
}

/** A decision in a line. */
export type Brief = Pick<Why, 'id' | 'at' | 'decision' | 'secondary' | 'policy' | 'entrance'>;

export interface WhySources {
  readonly decisions: Decisions;
  readonly archive: Archive;
  readonly run: string;
  readonly clock: Clock;
}

/** Puts together who tells why. */
export const createWhyTeller = ({ decisions, archive, run, clock }: WhySources): WhyTeller => {
  const dated = (noted: NotedDecision): string =>
    new Date(clock.wall() - (clock.now() - noted.at)).toISOString();
  const briefOf = (noted: NotedDecision): Brief => {
    const edition = archive.edition(noted.edition);
    const way = edition && wayOf(edition.settings, noted.way);
    const secondary = edition && idOf(edition, noted.slot);
    return {
      id: decisionId(run, noted.number),
      at: dated(noted),
      decision: noted.kind,
      ...(secondary === undefined ? {} : { secondary }),
      ...(way?.entrance === undefined ? {} : { entrance: way.entrance }),
      ...(way === undefined ? {} : { policy: way.policy.name }),
    };
  };

  const make = async (noted: NotedDecision): Promise<Why> => {
    const edition = archive.edition(noted.edition);
    const snapshot = archive.snapshot(noted);
    const told = {
      ...briefOf(noted),
      news: newsOf(noted, snapshot),
      ...(noted.ticket < 0 ? {} : { ticket: noted.ticket }),
      dice: noted.dice,
    };
    if (edition === undefined || snapshot === undefined) {
      return { ...told, words: wordsOf(told), missing: GONE, secondaries: [] };
    }
    const { isLastResort, ...found } = await again({ noted, edition, snapshot, archive, decisions });
    return { ...told, words: isLastResort ? lastResortWords(told) : wordsOf(told), ...found };
  };

  let last: { readonly id: string; readonly told: Promise<Why | undefined> } = {
    id: '',
    told: Promise.resolve(undefined),
  };
  const tell = async (id: string): Promise<Why | undefined> => {
    if (last.id === id) return last.told;
    const number = decisionNumber(run, id);
    const noted = number === undefined ? undefined : decisions.read(number);
    if (noted === undefined) return undefined;
    const before = last.told;
    const told = (async () => {
      await Promise.allSettled([before]);
      return make(noted);
    })();
    last = { id, told };
    return told;
  };

  const latest = (count: number): readonly Brief[] => {
    const next = decisions.next();
    return Array.from({ length: Math.min(count, next) }, (_, back) => decisions.read(next - 1 - back))
      .filter((noted) => noted !== undefined)
      .map(briefOf);
  };

  return { tell, latest };
};

const GONE = 'What was known of the secondaries then is not kept any more.';
const NO_LEDGER = 'Whom it had sent where before that is not kept any more, so there are no scores.';
const TOO_MANY = 'More were sent on by the same news before it than are kept: it is not made again.';
const NO_VISITOR = 'This policy asks who the visitor is, and that is not kept: it is not made again.';

const newsOf = ({ source, at }: NotedDecision, snapshot: PoolSnapshot | undefined): Why['news'] => ({
  source,
  ...(snapshot === undefined || source === 'none'
    ? {}
    : { seq: snapshot.seq, ageMs: Math.max(0, Math.round(at - snapshot.at)) }),
});

interface Way {
  readonly entrance?: string;
  readonly policy: Exclude<EntranceSettings, 'local'>['policy'];
}

const wayOf = (settings: Settings, way: number): Way => {
  const [path, of] = way === 0 ? [] : ([...settings.entrances][way - 1] ?? []);
  if (path === undefined || of === undefined || of === 'local') return { policy: mainWay(settings).policy };
  return { entrance: path, policy: of.policy };
};

const idOf = ({ slots }: Edition, slot: number): Id | undefined => {
  for (const [id, of] of slots) if (of === slot) return id;
  return undefined;
};

const wordsOf = ({ decision, secondary, policy, entrance }: Brief): string => {
  const where = entrance === undefined ? '' : ` at ${entrance}`;
  if (decision === 'none') return `Nobody could take this visitor${where}.`;
  if (decision === 'kept') return `He went back to ${secondary ?? 'his'}${where}: his cookie named it.`;
  return `${secondary ?? 'One'} was chosen${where} by ${policy ?? 'the policy'}.`;
};

/** Where nobody was known to work, and `whenAllDown` is `anyone`. */
const lastResortWords = (brief: Brief): string =>
  brief.decision === 'chosen'
    ? `Nobody was known to work, and whenAllDown is "anyone": ${wordsOf(brief)}`
    : wordsOf(brief);

interface Question {
  readonly noted: NotedDecision;
  readonly edition: Edition;
  readonly snapshot: PoolSnapshot;
  readonly archive: Archive;
  readonly decisions: Decisions;
}

const NO_VISITS: LedgerView = { since: () => 0, fading: [] };

/** Makes the decision once more, and looks at everybody on the way. */
const again = async (
  question: Question,
): Promise<Pick<Why, 'again' | 'missing' | 'secondaries'> & Pick<Roster, 'isLastResort'>> => {
  const { noted, edition, snapshot, archive } = question;
  const { settings, slots } = edition;
  const { before, isWhole } = sinceItsRoster(question);
  const past = archive.ledgerAt(before[0]?.number ?? noted.number);
  const ledger = past?.view;
  const rosters = createVisitorsRoster(
    {
      secondaries: settings.secondaries,
      slots,
      slowReturnMs: settings.checks.slowReturnMs,
      whenAllDown: settings.whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
      ledger: ledger ?? NO_VISITS,
      clock: { now: () => noted.rosterAt, wall: () => 0 },
    },
    settings.lan,
  );
  const roster = rosters.numbered(noted.whose, snapshot);
  const policy = makeFrom(policies, wayOf(settings, noted.way).policy);
  // What a policy holds of its own since the snapshot came is made anew too: by the decisions before this one.
  for (const [index, one] of before.entries()) {
    // in a large pool all of them take long, and the main thread has other things to do
    if (index % IN_ONE_TURN === IN_ONE_TURN - 1) await nextTurn();
    if (isPicked(one, noted)) remade(one, { edition, roster, policy, ledger });
    past?.count(one);
  }
  const made = remade(noted, { edition, roster, policy, ledger });
  const isLost = !isWhole && made !== noted.slot;
  const score = (candidate: Candidate): number | undefined => {
    if (isLost) return undefined;
    const { draw, isKept } = drawAgain(noted, ledger);
    const found = roster.prepared(policy)?.score?.(candidate, draw);
    return isKept() ? found : undefined;
  };
  const secondaries = rowsOf(question, {
    roster,
    score,
    ...(past === undefined ? {} : { ledger: past.view }),
  });
  const { isLastResort } = roster;
  if (made === undefined) {
    return { missing: past === undefined ? NO_LEDGER : NO_VISITOR, isLastResort, secondaries };
  }
  if (isLost) return { missing: TOO_MANY, isLastResort, secondaries };
  const secondary = idOf(edition, made);
  return {
    again: { ...(secondary === undefined ? {} : { secondary }), isSame: made === noted.slot },
    isLastResort,
    secondaries,
  };
};

/** So many decisions before it are made again too, at most. */
const MOST_BEFORE = 4000;

/** So many in one turn of the loop. */
const IN_ONE_TURN = 100;

interface Before {
  /** oldest first */
  readonly before: readonly NotedDecision[];
  /** none is missing */
  readonly isWhole: boolean;
}

/** What was decided since its roster was made. */
const sinceItsRoster = ({ noted, decisions }: Question): Before => {
  const before: NotedDecision[] = [];
  for (let back = 1; back <= MOST_BEFORE && back <= noted.number; back += 1) {
    const one = decisions.read(noted.number - back);
    if (one === undefined) return { before: before.reverse(), isWhole: false };
    if (one.at < noted.rosterAt) return { before: before.reverse(), isWhole: true };
    before.push(one);
  }
  return { before: before.reverse(), isWhole: noted.number <= MOST_BEFORE };
};

const isPicked = (one: NotedDecision, noted: NotedDecision): boolean =>
  one.kind === 'chosen' &&
  one.rosterAt === noted.rosterAt &&
  one.whose === noted.whose &&
  one.way === noted.way;

interface Means {
  readonly edition: Edition;
  readonly roster: Roster;
  readonly policy: Policy;
  readonly ledger: LedgerView | undefined;
}

/** Whom it would be now: his row of the ledger, -1 for nobody; `undefined` where more of the visitor is asked than is kept. */
const remade = (noted: NotedDecision, { edition, roster, policy, ledger }: Means): number | undefined => {
  const bound = noted.kind === 'kept' ? idOf(edition, noted.slot) : undefined;
  const avoid = noted.avoid.map((slot) => idOf(edition, slot) ?? '');
  const { draw, isKept } = drawAgain(noted, ledger);
  const decision = decide({ roster, bound, policy, because: '', draw: () => draw, avoid });
  if (!isKept()) return undefined;
  return decision.kind === 'none' ? -1 : decision.candidate.slot;
};

interface Seen {
  readonly roster: Roster;
  readonly score: (candidate: Candidate) => number | undefined;
  readonly ledger?: LedgerView;
}

const rowsOf = (
  { noted, edition, snapshot }: Question,
  { roster, score, ledger }: Seen,
): readonly WhyRow[] => {
  const ids = noted.avoid.map((slot) => idOf(edition, slot) ?? '');
  const id = idOf(edition, noted.slot);
  const warmths = new Map(roster.candidates.map(({ secondary, warmth }) => [secondary.id, warmth]));
  const rows = seenRows({
    ...{ secondaries: edition.settings.secondaries, snapshot, now: noted.at, roster, score },
    avoided: avoidedAmong(roster.candidates, ids),
    decided: noted.kind === 'none' || id === undefined ? undefined : { id, kind: noted.kind },
  });
  return rows.map((row): WhyRow => {
    const { verdict, load } = snapshot.standings.get(row.id) ?? {};
    const slot = edition.slots.get(row.id) ?? -1;
    const warmth = warmths.get(row.id);
    return {
      ...row,
      ...(warmth === undefined ? {} : { warmth: Math.round(warmth * 1000) / 1000 }),
      ...(verdict?.evidence === undefined ? {} : { checkAgeMs: ageMs(noted.at, verdict.evidence.at) }),
      ...(load === undefined ? {} : { loadAgeMs: ageMs(noted.at, load.at) }),
      ...(load === undefined || ledger === undefined ? {} : { sentSince: Math.round(ledger.since(slot)) }),
    };
  });
};

const ageMs = (now: number, at: number): number => Math.max(0, Math.round(now - at));
