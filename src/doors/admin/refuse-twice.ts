import type { IncomingMessage, ServerResponse } from 'node:http';
import { EACH_ONCE, readJson } from '../../config/json.ts';
import { placesIn } from '../../config/place.ts';

/**
 * Refuses a body in which a key comes twice, as in the file: JSON's own parser would take the last one. For the `verify`
 * of Express.
 *
 * @throws an error with a `status`, a `type` and, of a key that comes twice, a sentence with its place
 */
export const refuseTwice = (
  _request: IncomingMessage,
  _response: ServerResponse,
  body: Buffer,
  charset: string,
  // eslint-disable-next-line @typescript-eslint/max-params -- body-parser hands these four
): void => {
  if (charset.toLowerCase() !== 'utf-8')
    throw Object.assign(new Error('not UTF-8'), { status: 415, type: 'charset.unsupported' });
  const text = body.toString();
  const twice = readJson(text).slips.find(({ fits }) => fits === EACH_ONCE);
  if (twice === undefined) return;
  const { line, column } = placesIn(text)(twice.offset);
  const words = `In the body of a change, ${String(line)}:${String(column)}: ${twice.what}; what fits: ${EACH_ONCE}.`;
  throw Object.assign(new Error(words), { status: 400, type: 'key.twice' });
};
