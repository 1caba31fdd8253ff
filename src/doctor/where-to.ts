import type { Origin } from '../model/secondary.ts';
import type { Seen } from './facts.ts';

/** Where an answer redirects a visitor to who asked the secondary at this origin; `undefined` where it does not. */
export const whereTo = ({ path, answer }: Seen, visited: Origin): URL | undefined => {
  if (!answer.ok || answer.status < 300 || answer.status > 399) return undefined;
  const { location } = answer.headers;
  if (location === undefined) return undefined;
  return URL.parse(location, visited + path) ?? undefined;
};
