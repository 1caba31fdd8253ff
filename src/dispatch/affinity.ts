import { cookieValues } from '../model/cookie-values.ts';
import type { Dice } from '../model/clock.ts';
import type { Id, Scheme } from '../model/secondary.ts';
import { isSignedBy, sign, type Secrets, type Signed } from './signature.ts';

export interface AffinityOptions {
  /** name of the cookie, without prefix */
  readonly cookie: string;
  readonly forMs: number;
  readonly secrets: Secrets;
  readonly wall: () => number;
  /** casts what tells visitors apart who came at the same time; absent: they share a cookie */
  readonly dice?: Dice;
}

/** A secondary that a cookie of ours names. */
export interface Bound {
  readonly id: Id;
  /** the cookie's value */
  readonly badge: string;
  /** since it was given, by the clock of whoever gave it */
  readonly ageMs: number;
  /** half of its life is over: time for a new one */
  readonly isAging: boolean;
}

export interface Affinity {
  /** Reads the value of a `Cookie` header; `undefined` unless it holds a cookie of ours that still counts. */
  readonly read: (cookieHeader: string, scheme: Scheme) => Bound | undefined;
  /**
   * A value for the cookie of a visitor who goes to the secondary.
   *
   * @param row the secondary's, in which what is signed is kept for others of the same minute; absent: it is signed anew
   */
  readonly badge: (id: Id, row?: number) => string;
  /** The value of a `Set-Cookie` header that gives him the badge. */
  readonly give: (badge: string, scheme: Scheme) => string;
  /** The value of a `Set-Cookie` header that binds a visitor to the secondary: a new badge, given. */
  readonly bind: (id: Id, scheme: Scheme, row?: number) => string;
}

/** A clock of another primary that shares the secret may be ahead by this much. */
const SKEW_MS = 60_000;
/**
 * Issue times are whole steps of a 60th of a cookie's life, from a second to a minute: a pool of thousands has its cookies
 * signed then when a visitor comes. By so much a life may be shorter than it says.
 */
const STEPS = 60;
const SHORTEST_STEP_S = 1;
const LONGEST_STEP_S = 60;
const SIGNED_BYTES = 16;
/** Base64url of the signature, and how many letters may follow it, which are no part of what it signs. */
const SIGNATURE = 22;
const LETTERS = 4;
const ALPHABET = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const PAIRS = ALPHABET.flatMap((one) => ALPHABET.map((other) => one + other));

/** Cookies already checked, kept so that a visitor who is back costs no signature. */
const REMEMBERED = 10_000;

/** Four letters, of 16 million: two that are cast now and then, and two that count on. */
const createLetters = (dice: Dice): (() => string) => {
  let first = '';
  let count = PAIRS.length;
  return () => {
    if (count === PAIRS.length) {
      first = PAIRS[Math.floor(dice() * PAIRS.length)] ?? '';
      count = 0;
    }
    count += 1;
    return first + (PAIRS[count - 1] ?? '');
  };
};
const noLetters = (): string => '';

/**
 * Stickiness by a signed cookie: `id.issuedAt.signature`, issue time in seconds, base 36; 128 bits of HMAC-SHA256. Four
 * letters may follow that tell a visitor from others of the same time: whoever changes his own is somebody else.
 * Behind TLS the name carries the `__Host-` prefix, so that no neighbour domain can plant it.
 */
export const createAffinity = ({ cookie, forMs, secrets, wall, dice }: AffinityOptions): Affinity => {
  const checked = new Map<string, { readonly id: Id; readonly issuedAtMs: number }>();
  /** what was signed for each row since `mintedAt` */
  const minted: (string | undefined)[] = [];
  let mintedAt = -1;

  const signed = (text: string): Signed => ({ purpose: cookie, text, bytes: SIGNED_BYTES });

  const check = (value: string): { readonly id: Id; readonly issuedAtMs: number } | undefined => {
    const mark = value.length - SIGNATURE - 1;
    const dot = value.lastIndexOf('.', mark - 1);
    if (dot < 1 || value[mark] !== '.') return undefined;
    if (!isSignedBy(secrets, value.slice(mark + 1), signed(value.slice(0, mark)))) return undefined;
    return { id: value.slice(0, dot), issuedAtMs: parseInt(value.slice(dot + 1, mark), 36) * 1000 };
  };

  const remember = (whole: string): { readonly id: Id; readonly issuedAtMs: number } | undefined => {
    const letters = whole.length - whole.lastIndexOf('.') - 1 - SIGNATURE;
    if (letters !== 0 && letters !== LETTERS) return undefined;
    const value = letters === 0 ? whole : whole.slice(0, -LETTERS);
    const known = checked.get(value);
    if (known !== undefined) return known;
    const found = check(value);
    if (found === undefined) return undefined;
    if (checked.size >= REMEMBERED) checked.clear();
    checked.set(value, found);
    return found;
  };

  const read = (header: string, scheme: Scheme): Bound | undefined => {
    const now = wall();
    for (const value of cookieValues(header, scheme === 'https' ? `__Host-${cookie}` : cookie)) {
      const found = remember(value);
      if (found === undefined) continue;
      const ageMs = now - found.issuedAtMs;
      if (ageMs > -SKEW_MS && ageMs < forMs)
        return { id: found.id, badge: value, ageMs, isAging: ageMs > forMs / 2 };
    }
    return undefined;
  };

  const attributes = `; Path=/; HttpOnly; SameSite=Lax; Max-Age=${String(Math.ceil(forMs / 1000))}`;
  const around = {
    http: [`${cookie}=`, attributes],
    https: [`__Host-${cookie}=`, `${attributes}; Secure`],
  } as const;
  const stepS = Math.max(SHORTEST_STEP_S, Math.min(LONGEST_STEP_S, Math.floor(forMs / 1000 / STEPS)));
  const letters = dice === undefined ? noLetters : createLetters(dice);
  const mint = (id: Id, second: number): string => {
    const text = `${id}.${second.toString(36)}`;
    // In one piece: a text that was joined is put together anew by everybody who writes it.
    return Buffer.from(`${text}.${sign(secrets, signed(text))}`, 'latin1').toString('latin1');
  };
  const badge = (id: Id, row?: number): string => {
    const now = Math.floor(wall() / 1000);
    const second = now - (now % stepS);
    if (row === undefined) return mint(id, second) + letters();
    if (second !== mintedAt) {
      minted.fill(undefined);
      mintedAt = second;
    }
    while (minted.length <= row) minted.push(undefined);
    return (minted[row] ??= mint(id, second)) + letters();
  };
  const give = (value: string, scheme: Scheme): string => {
    const [before, behind] = around[scheme];
    return before + value + behind;
  };

  return { read, badge, give, bind: (id, scheme, row) => give(badge(id, row), scheme) };
};
