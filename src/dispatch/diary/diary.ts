import type { Instant } from '../../model/clock.ts';
import type { Decision } from '../../model/decision.ts';
import type { Id } from '../../model/secondary.ts';
import type { Decisions, NotedSeen } from './decisions.ts';
import type { Roster } from '../roster/roster.ts';

/** Where decisions are noted, and under which name. */
export interface Diary {
  readonly decisions: Decisions;
  /** names this run of Usher */
  readonly run: string;
  /** of the settings */
  readonly edition: number;
}

/** What a decision was made of. */
interface Made {
  readonly decision: Decision;
  readonly roster: Roster;
  readonly now: Instant;
  readonly way: number;
  /** -1: none was drawn */
  readonly ticket: number;
  readonly avoid: readonly Id[];
  readonly slots: ReadonlyMap<Id, number>;
  readonly witnessed: NotedSeen;
}

const NOBODY: readonly number[] = [];

/** Notes a decision; returns its number. */
export const noteIn = (
  { decisions, edition }: Diary,
  { decision, roster, now, way, ticket, avoid, slots, witnessed }: Made,
): number =>
  decisions.note(
    {
      at: now,
      kind: decision.kind,
      slot: decision.kind === 'none' ? -1 : decision.candidate.slot,
      way,
      source: roster.snapshot.source,
      snapshotSeq: roster.snapshot.seq,
      snapshotAt: roster.snapshot.at,
      rosterAt: roster.madeAt,
      whose: roster.whose,
      edition,
      ticket,
      avoid: avoid.length === 0 ? NOBODY : avoid.map((id) => slots.get(id) ?? -1),
    },
    witnessed,
  );
