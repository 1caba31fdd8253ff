import { crypto } from '../../node-crypto.ts';

const { createHash, randomBytes, timingSafeEqual } = crypto;

/** What a token may do: look, or change too. */
export type Scope = 'read' | 'write';

/** A bearer token as the config lists it: not itself, but what proves it. */
export interface TokenProof {
  /** for people: whose it is */
  readonly name: string;
  readonly scope: Scope;
  /** `sha256$…`, base64url */
  readonly hash: string;
}

/** What tokens begin with: who finds one lying about, a scanner too, knows it. */
const PREFIX = 'usher_';
const FORM = /^usher_[\w-]{43}$/;

/** A new token: 256 bits of chance. */
export const newToken = (): string => PREFIX + randomBytes(32).toString('base64url');

/** Whether a text has the form of a token, so that nobody has to try it as a password. */
export const isToken = (text: string): boolean => FORM.test(text);

/** What stands in the config for a token. Nobody guesses 256 bits: one round of SHA-256 is enough. */
export const hashToken = (token: string): string =>
  `sha256$${createHash('sha256').update(token).digest('base64url')}`;

/** The one of the listed tokens that this is. All are compared, in the same time. */
export const tokenIn = (tokens: readonly TokenProof[], token: string): TokenProof | undefined => {
  const shown = Buffer.from(hashToken(token));
  let found: TokenProof | undefined;
  for (const one of tokens) {
    const proof = Buffer.from(one.hash);
    if (proof.length === shown.length && timingSafeEqual(proof, shown)) found = one;
  }
  return found;
};
