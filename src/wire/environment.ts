import { placeOf } from './place.ts';
import type { Subject } from './subject.ts';

/** What a command learns of the secondary it is run for: USHER_ID, USHER_HOST, USHER_PORT, USHER_URL. */
export const environmentOf = ({ id, at }: Subject): Record<string, string> => {
  const { host, port } = placeOf(at);
  return { USHER_ID: id, USHER_HOST: host, USHER_PORT: String(port), USHER_URL: at };
};
