import { failed } from '../wire/failure.ts';
import type { Failed, HttpAnswer, HttpQuestion, Wire } from '../wire/wire.ts';

/** Asks for a page of figures: only a 2xx answer carries any. */
export const page = async (wire: Wire, question: HttpQuestion): Promise<HttpAnswer | Failed> => {
  const answer = await wire.ask(question);
  if (!answer.ok || (answer.status >= 200 && answer.status <= 299)) return answer;
  return failed('status', `HTTP ${answer.status} for ${question.path}`);
};
