import { refusal } from '../deliveries/refusal.ts';
import type { Failed, HttpAnswer } from '../wire/wire.ts';

/** A path of Usher's own at which nothing is: asking for it is no visit. */
export const NOTHING_HERE = '/.usher/doctor';

const SENTENCES: readonly (string | undefined)[] = [refusal(404).body, refusal(421).body];

/** Whether an Usher gave this answer to `NOTHING_HERE`, one with these or other names. */
export const isUsher = (answer: HttpAnswer | Failed): boolean =>
  answer.ok && [404, 421].includes(answer.status) && SENTENCES.includes(answer.body);
