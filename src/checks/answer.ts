import { failed } from '../wire/failure.ts';
import type { HttpAnswer, HttpQuestion } from '../wire/wire.ts';
import type { Seen } from './seen.ts';
import type { Statuses } from './statuses.ts';

/** What an answer must be like. */
export interface Wanted {
  /** absent: 2xx, or a redirect that stays */
  readonly statuses?: Statuses | undefined;
  /** a text that must be in the body */
  readonly expect?: string | undefined;
}

/** Judges one HTTP answer: its status, where it leads, its text. */
export const lookAt = (answer: HttpAnswer, question: HttpQuestion, { statuses, expect }: Wanted): Seen => {
  const { status, body, cut } = answer;
  const amiss = statuses === undefined ? usualStatus(answer, question) : unlisted(status, statuses);
  if (amiss !== undefined) return amiss;
  if (expect === undefined || body.includes(expect)) return { ok: true, detail: `HTTP ${status}` };
  if (cut === true) {
    return failed(
      'too-large',
      `HTTP ${status}, the expected text is not in the first ${body.length} characters`,
    );
  }
  return failed('text-missing', `HTTP ${status}, the expected text is not in the answer`);
};

const unlisted = (status: number, statuses: Statuses): Seen | undefined =>
  statuses(status) ? undefined : failed('status', `HTTP ${status}`);

const usualStatus = ({ status, headers }: HttpAnswer, question: HttpQuestion): Seen | undefined => {
  if (status >= 200 && status <= 299) return undefined;
  const { location } = headers;
  if (status < 300 || status > 399 || location === undefined) return failed('status', `HTTP ${status}`);
  return stays(location, question) ? undefined : failed('redirected', `HTTP ${status}, to ${location}`);
};

const stays = (location: string, { at, path, headers }: HttpQuestion): boolean => {
  const asked = new URL(path, at);
  const named =
    headers?.['host'] === undefined ? asked : URL.parse(`${asked.protocol}//${headers['host']}${path}`);
  const goal = URL.parse(location, (named ?? asked).href);
  return goal !== null && (goal.origin === asked.origin || goal.origin === named?.origin);
};
