import type { Settings } from '../config/settings.ts';
import type { Journal } from '../journal.ts';
import type { Clock } from '../model/clock.ts';
import type { Rejection } from '../model/decision.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import { rejectionsOf, someoneUsable, type Pool } from '../verdicts/sift.ts';

const WORDS: Partial<Readonly<Record<Rejection, string>>> = {
  maintenance: 'in maintenance',
  'weight-zero': 'of weight 0',
};

/** So many are named; more are counted. */
const NAMED = 3;

/**
 * Watches whether anybody takes new visitors, by what is known and what the operator wants: tells when the last one goes,
 * and when there is one again.
 */
export const createUsableWatch = (
  journal: Journal,
  clock: Clock,
): ((settings: Pick<Settings, 'secondaries' | 'checks'>, snapshot: PoolSnapshot) => void) => {
  let isNobodyLeft = false;
  return ({ secondaries, checks }, { source, standings }) => {
    const pool = {
      secondaries,
      standings,
      blind: source === 'none',
      now: clock.now(),
      slowReturnMs: checks.slowReturnMs,
    };
    const someone = someoneUsable(pool);
    if (isNobodyLeft === (someone === undefined)) return;
    isNobodyLeft = someone === undefined;
    if (someone === undefined) journal({ type: 'nobody-left', because: whyNobody(pool) });
    else journal({ type: 'somebody-back', secondary: someone.id });
  };
};

const whyNobody = (pool: Omit<Pool, 'slots'>): string => {
  const rejected = rejectionsOf(pool);
  const named = rejected
    .slice(0, NAMED)
    .map(
      ({ id, why, detail }) => `${id} is ${WORDS[why] ?? why}${detail === undefined ? '' : `, ${detail}`}`,
    );
  const more = rejected.length - named.length;
  return [...named, ...(more > 0 ? [`and ${String(more)} more`] : [])].join('; ');
};
