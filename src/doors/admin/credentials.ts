/** No password is longer; more is an attempt to make us work. */
const LONGEST = 1024;

/**
 * The password or token in an Authorization header: `Basic` with any user name (RFC 7617, UTF-8), or `Bearer` (RFC 6750).
 * `undefined` where there is none.
 */
export const secretIn = (authorization: string | undefined): string | undefined => {
  if (authorization === undefined || authorization.length > 2 * LONGEST) return undefined;
  const [, scheme = '', value = ''] = /^(basic|bearer) +(.+?) *$/i.exec(authorization) ?? [];
  const password = scheme.toLowerCase() === 'basic' ? fromBasic(value) : fromBearer(value);
  return password === undefined || password === '' || password.length > LONGEST ? undefined : password;
};

const fromBasic = (value: string): string | undefined => {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(colon + 1);
};

/** Node reads headers as Latin-1. */
const fromBearer = (value: string): string => Buffer.from(value, 'latin1').toString('utf8');
