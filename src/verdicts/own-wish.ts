import type { Standing } from '../model/pool.ts';
import type { State } from '../model/secondary.ts';
import { stricter } from './stricter.ts';

/** What a secondary asks for itself beyond what the list says of it. Plain data. */
export interface OwnWish {
  /** `drain`: it is leaving */
  readonly state: 'drain' | 'maintenance' | 'down';
  /** hostile text: how it said so */
  readonly because: string;
}

/** What a secondary of this state in the list asks for itself; `undefined`: nothing, or no more than the list says. */
export const ownWish = (
  state: State,
  { verdict, load }: Pick<Standing, 'verdict' | 'load'>,
): OwnWish | undefined => {
  if (load?.wish === 'down' && state !== 'maintenance') return { state: 'down', because: BY_LOAD };
  if (verdict.leaving !== true && load?.wish === undefined) return undefined;
  const asked = stricter(state, load?.wish);
  if (asked !== state && asked !== 'ready') return { state: asked, because: BY_LOAD };
  return verdict.leaving === true && state === 'ready'
    ? { state: 'drain', because: leavingWords(verdict) }
    : undefined;
};

const BY_LOAD = 'it asks for it itself';

/** How a secondary that is leaving said so: hostile text. */
export const leavingWords = ({ evidence }: Standing['verdict']): string => {
  const outcome = evidence?.outcome;
  return (outcome?.ok === true ? outcome.detail : undefined) ?? 'it says that it is leaving';
};
