import { crypto } from '../../node-crypto.ts';
import type { Clock } from '../../model/clock.ts';
import { createAttempts } from './attempts.ts';
import { secretIn } from './credentials.ts';
import { verifyPassword, type PasswordHash } from './password.ts';
import { isToken, tokenIn, type Scope, type TokenProof } from './token.ts';

const { createHmac, randomBytes, timingSafeEqual } = crypto;

/** What lets somebody in; at least one of them. */
export interface Proofs {
  readonly password?: PasswordHash | undefined;
  readonly tokens?: readonly TokenProof[] | undefined;
}

/** Whether somebody may come in: yes, by which proof, and what he may do; not without the password; not now. */
export type Welcome =
  | { readonly kind: 'welcome'; readonly by: string; readonly scope: Scope }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'later'; readonly waitMs: number };

/** Who asks, and what he shows. */
export interface Visitor {
  readonly authorization: string | undefined;
  readonly address: string;
}

/** How many passwords may wait to be verified; one is worked on at a time, so that a flood costs one core at most. */
const MOST_WAITING = 16;

const BUSY_MS = 5000;

/** Whoever knows the password may do everything. */
const WELCOME = { kind: 'welcome', by: 'the password', scope: 'write' } as const;

/**
 * Lets in whoever shows the password, or a token, which may stand in its place. A right one is remembered as a digest under a key that lives as long as the
 * process, so that only the first request pays for scrypt.
 *
 * @param proofs what lets in now: a token that was taken out counts no more, nor does the password before this one
 */
export const createGuard = (
  proofs: () => Proofs,
  clock: Pick<Clock, 'now'>,
): ((visitor: Visitor) => Promise<Welcome>) => {
  const key = randomBytes(32);
  const attempts = createAttempts(clock);
  const underway = new Map<string, Promise<boolean>>();
  let right: { readonly digest: Buffer; readonly proof: PasswordHash } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const verify = (
    password: string,
    { digest, proof }: { readonly digest: Buffer; readonly proof: PasswordHash },
  ): Promise<boolean> => {
    const name = digest.toString('base64');
    const verdict = last.then(() => verifyPassword(password, proof));
    underway.set(name, verdict);
    last = verdict
      .then((isRight) => {
        if (isRight) right = { digest, proof };
      })
      .catch(() => undefined)
      .finally(() => underway.delete(name));
    return verdict;
  };

  return async ({ authorization, address }) => {
    const secret = secretIn(authorization);
    if (secret === undefined) return { kind: 'stranger' };
    const { password: proof, tokens = [] } = proofs();
    if (isToken(secret)) {
      const { waitMs } = attempts.take(address);
      const token = tokenIn(tokens, secret);
      // A right one costs nothing to prove: it is heard while others of its address have to wait.
      if (token !== undefined) {
        if (waitMs === 0) attempts.giveBack(address);
        return { kind: 'welcome', by: `token ${token.name}`, scope: token.scope };
      }
      return waitMs > 0 ? { kind: 'later', waitMs } : { kind: 'wrong' };
    }
    const digest = createHmac('sha256', key).update(secret.normalize('NFC')).digest();
    if (right !== undefined && right.proof === proof && timingSafeEqual(right.digest, digest)) return WELCOME;
    // A page and all that it loads ask at once with the same password: one attempt.
    const same = underway.get(digest.toString('base64'));
    if (same !== undefined) return (await same) ? WELCOME : { kind: 'wrong' };
    if (underway.size >= MOST_WAITING) return { kind: 'later', waitMs: BUSY_MS };
    const { waitMs } = attempts.take(address);
    if (waitMs > 0) return { kind: 'later', waitMs };
    if (proof === undefined || !(await verify(secret, { digest, proof }))) return { kind: 'wrong' };
    attempts.giveBack(address);
    return WELCOME;
  };
};
