import type { Settings } from '../config/settings.ts';
import type { Reply } from '../model/reply.ts';
import type { Id } from '../model/secondary.ts';
import type { Visit } from '../model/visit.ts';
import type { Carry } from './carriage.ts';
import { decisionId } from './diary/decisions.ts';
import type { Diary } from './diary/diary.ts';

/** An answer with its reason, for the access log. */
export interface Answer {
  readonly reply: Reply;
  /** value of a `Set-Cookie` header; absent: none */
  readonly cookie?: string | undefined;
  /** the secondary; absent: none */
  readonly id: Id | undefined;
  /** one word */
  readonly because: string;
  readonly visit: Visit | undefined;
  /** names the decision; only with `debug` */
  readonly decision?: string | undefined;
  /** he is carried there; the reply does not count */
  readonly carry?: Carry;
}

/** What an answer says beside its reply. */
interface About extends Omit<Answer, 'reply' | 'decision' | 'carry'> {
  /** of the decision, in the diary */
  readonly number?: number | undefined;
}

/** Puts an answer together. */
export type MakeAnswer = (reply: Reply, about: About) => Answer;

/** With `debug`, every answer's head tells its reason, and the name of the decision by which `explain` finds it. */
export const createAnswer = (
  { debug }: Pick<Settings, 'debug'>,
  diary: Pick<Diary, 'run'> | undefined,
): MakeAnswer => {
  if (!debug) return (reply, { id, because, visit, cookie }) => ({ reply, cookie, id, because, visit });
  return (reply, { id, because, visit, cookie, number }) => {
    const decision = diary === undefined || number === undefined ? undefined : decisionId(diary.run, number);
    const told = ['X-Usher', `${id ?? '-'} ${because}`];
    if (decision !== undefined) told.push('X-Usher-Decision', decision);
    const headers = [...reply.headers, ...told];
    return { reply: { ...reply, headers }, cookie, id, because, visit, decision };
  };
};
