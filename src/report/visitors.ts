import { hash, randomBytes } from 'node:crypto';
import type { Instant } from '../model/clock.ts';

/** A session ends when so much time has passed since its last answer. */
export const SESSION_MS = 30_000;

/** More visitors than this are not remembered. */
const MOST = 100_000;

/** Where no more than this part of them is left after a look for sessions that are over, all the others may stay. */
const ROOMY = 0.9;

/** Whom a request comes from, as remembered. */
export type Mark = number;

/** Counts sessions in bounded memory: exactly up to 100,000 visitors at a time, beyond that by a sample of them. */
export interface Visitors {
  /** A visitor's request comes. */
  readonly come: (visitor: string, at: Instant) => Mark;
  /** It has been answered. */
  readonly go: (mark: Mark, at: Instant) => void;
  /** sessions under way */
  readonly sessions: (at: Instant) => number;
  /** sessions so far */
  readonly started: () => number;
}

interface Session {
  lastAt: Instant;
  /** requests that are not answered yet */
  open: number;
  /** a sample of depth d holds the sessions from level d upwards: one in 2^d */
  readonly level: number;
}

/** What is visitors' is hashed with a secret, so that nobody can choose to be in the sample or not. */
const createIdentify = () => {
  const secret = randomBytes(16).toString('latin1');
  return (visitor: string): { readonly mark: Mark; readonly level: number } => {
    const digest = hash('sha256', secret + visitor, 'buffer');
    return { mark: digest.readUIntBE(0, 6), level: Math.clz32(digest.readUInt32BE(6)) };
  };
};

/**
 * Counts sessions by distinct sampling (Wegman's): when there are too many, half of all visitors, chosen by their hashes,
 * are no longer looked at, and each of the others counts twice; and so on. When there are few again, the sample is
 * widened, and counts once all that it now should hold had time to show themselves.
 *
 * @param most sessions that are remembered
 */
export const createVisitors = (most = MOST): Visitors => {
  const identify = createIdentify();
  const sessions = new Map<Mark, Session>();
  let started = 0;
  /** of what is remembered */
  let depth = 0;
  /** of what is counted: the same, or one more for a while after widening */
  let counted = 0;
  let widenedAt = 0;

  const isOver = ({ open, lastAt }: Session, at: Instant): boolean => open === 0 && at - lastAt > SESSION_MS;

  const forget = (isForgotten: (session: Session) => boolean): void => {
    for (const [mark, session] of sessions) if (isForgotten(session)) sessions.delete(mark);
  };

  /** Sees to it that one more can be remembered. */
  const makeRoom = (at: Instant): void => {
    if (sessions.size < most) return;
    forget((session) => isOver(session, at));
    while (sessions.size > ROOMY * most) {
      depth += 1;
      counted = Math.max(counted, depth);
      forget(({ level }) => level < depth);
    }
  };

  const widen = (at: Instant): void => {
    if (counted > depth && at - widenedAt > SESSION_MS) counted = depth;
    if (depth === 0 || counted > depth || sessions.size > most / 8) return;
    depth -= 1;
    widenedAt = at;
  };

  const start = (session: Session): void => {
    if (session.level >= counted) started += 2 ** counted;
  };

  return {
    come: (visitor, at) => {
      const { mark, level } = identify(visitor);
      if (level < depth) return mark;
      const known = sessions.get(mark);
      if (known === undefined) {
        makeRoom(at);
        const session = { lastAt: at, open: 1, level };
        if (level < depth) return mark;
        sessions.set(mark, session);
        start(session);
        return mark;
      }
      if (isOver(known, at)) start(known);
      known.lastAt = at;
      known.open += 1;
      return mark;
    },
    go: (mark, at) => {
      const known = sessions.get(mark);
      if (known === undefined) return;
      known.lastAt = at;
      known.open = Math.max(0, known.open - 1);
    },
    sessions: (at) => {
      forget((session) => isOver(session, at));
      widen(at);
      let count = 0;
      for (const { level } of sessions.values()) if (level >= counted) count += 1;
      return count * 2 ** counted;
    },
    started: () => started,
  };
};
