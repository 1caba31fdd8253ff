import type { Path } from './mistake.ts';

/** Keys whose values are nobody's to see; a webhook's address is as good as a password. */
const SECRET = /(?:password|secret|token|authorization|webhook|api-?key)$/i;

/** Stands where a secret stood. */
export const HIDDEN = '…';

/** Whether what stands there in a config may be a secret: of headers, whatever one says. */
export const isSecret = (path: Path): boolean => {
  const headers = path.indexOf('headers');
  return (headers >= 0 && headers < path.length - 1) || SECRET.test(String(path.at(-1) ?? ''));
};

/** A value of a config as others may see it: texts and numbers that may be secrets are hidden. */
export const withoutSecrets = (value: unknown, path: Path = []): unknown => {
  if (Array.isArray(value)) return value.map((one, at) => withoutSecrets(one, [...path, at]));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, withoutSecrets(one, [...path, key])]),
    );
  }
  const isPart = typeof path.at(-1) === 'number' && isSecret(path.slice(0, -1));
  const isTold = typeof value === 'boolean' || value === null || value === undefined;
  return !isTold && (isPart || isSecret(path)) ? HIDDEN : value;
};
