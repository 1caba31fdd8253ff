import type { Clock } from '../../model/clock.ts';
import type { Network } from '../../model/network.ts';
import type { Origin } from '../../model/secondary.ts';

/** A token of an HTTP-01 challenge (RFC 8555 §8.3): base64url and nothing else, so it leads nowhere but to its file. */
export const CHALLENGE = /^\/\.well-known\/acme-challenge\/([A-Za-z0-9_-]{1,128})$/;

/** Which answer is wanted: of the token, for the name that the authority asks for. */
export interface Wanted {
  readonly token: string;
  readonly host: string;
}

/** What is found for a token: its key authorization, nothing, or that too many are sought just now. */
export type Sought = { readonly answer: string } | 'none' | 'busy';

export interface SeekerParts {
  /** where answers may be, in the order they are asked */
  readonly places: readonly Origin[];
  /** Asks one place for the key authorization that it has; `undefined`: none, or no good one. Never rejects. */
  readonly ask: (place: Origin, wanted: Wanted, timeoutMs: number) => Promise<string | undefined>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A certificate authority waits ten seconds. */
const WHOLE_MS = 8000;
const ONE_MS = 3000;
/** Places asked for one token, of these so many at once. */
const MOST_PLACES = 256;
const AT_ONCE = 8;
/** Tokens sought at once, and of these by one network. */
const MOST_SOUGHT = 8;
const MOST_OF_ONE = 4;
/** Tokens that one door thread seeks in a row; ten more a second. */
const COMMON: Rate = { burst: 480, refillMs: 100 };
/** Of these, tokens that one network may name: a certificate may bear a hundred names. One more every other second. */
const EACH: Rate = { burst: 120, refillMs: 2000 };
const MOST_NETWORKS = 1024;
/** An authority looks from several places, within seconds; who has not put his answer there yet is asked again soon. */
const FOUND_KEPT_MS = 30_000;
const MISSED_KEPT_MS = 2000;
const MOST_KEPT = 256;

interface Rate {
  readonly burst: number;
  readonly refillMs: number;
}

/** What may be taken now, and since when that is so. */
interface Bucket {
  left: number;
  filledAt: number;
}

/** What is left to one network, and how many tokens are sought for it just now. */
interface Own extends Bucket {
  underWay: number;
}

interface Kept {
  readonly sought: Promise<Sought>;
  /** 0: still on its way */
  until: number;
}

/**
 * Whether a body is the key authorization of a token: the token, a dot, and the thumbprint of an account key. Whatever
 * else a place says is passed on to nobody.
 */
export const keyAuthorization = (body: string, token: string): string | undefined => {
  const text = body.trim();
  return text.startsWith(`${token}.`) && /^[A-Za-z0-9_-]{43}$/.test(text.slice(token.length + 1))
    ? text
    : undefined;
};

/**
 * Finds out who has the answer to a challenge: all places are asked, the first good answer wins. However many strangers ask,
 * only so many questions go out.
 */
export const createSeeker = ({
  places,
  ask,
  clock,
}: SeekerParts): ((wanted: Wanted, by: Network) => Promise<Sought>) => {
  const kept = new Map<string, Kept>();
  let underWay = 0;
  const common: Bucket = { left: COMMON.burst, filledAt: clock.now() };
  const buckets = new Map<Network, Own>();

  const isLeft = (bucket: Bucket, { burst, refillMs }: Rate): boolean => {
    const more = Math.floor((clock.now() - bucket.filledAt) / refillMs);
    bucket.left = Math.min(burst, bucket.left + more);
    bucket.filledAt += more * refillMs;
    return bucket.left >= 1;
  };
  /** The one that asked longest ago is forgotten for a new one. */
  const bucketOf = (network: Network): Own => {
    const bucket = buckets.get(network) ?? { left: EACH.burst, filledAt: clock.now(), underWay: 0 };
    buckets.delete(network);
    if (buckets.size >= MOST_NETWORKS) buckets.delete(buckets.keys().next().value ?? network);
    buckets.set(network, bucket);
    return bucket;
  };
  const takes = (own: Own): boolean => {
    if (underWay >= MOST_SOUGHT || own.underWay >= MOST_OF_ONE) return false;
    if (!isLeft(own, EACH) || !isLeft(common, COMMON)) return false;
    own.left -= 1;
    common.left -= 1;
    return true;
  };

  const askAll = (wanted: Wanted): Promise<Sought> => {
    const ends = clock.now() + WHOLE_MS;
    const waiting = places.slice(0, MOST_PLACES);
    let found: string | undefined;
    const { promise, resolve } = Promise.withResolvers<Sought>();
    const askOn = async (): Promise<void> => {
      while (found === undefined) {
        const place = waiting.shift();
        const leftMs = ends - clock.now();
        if (place === undefined || leftMs <= 0) return;
        const answer = await ask(place, wanted, Math.min(ONE_MS, leftMs));
        if (answer === undefined) continue;
        found ??= answer;
        resolve({ answer: found });
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, askOn)).then(() => {
      resolve('none');
    });
    return promise;
  };

  const forgetOld = (): void => {
    const now = clock.now();
    for (const [key, { until }] of kept) if (until !== 0 && until <= now) kept.delete(key);
  };

  return async (wanted, by) => {
    const key = `${wanted.host} ${wanted.token}`;
    const known = kept.get(key);
    if (known !== undefined && (known.until === 0 || known.until > clock.now())) return known.sought;
    forgetOld();
    const own = bucketOf(by);
    if (kept.size >= MOST_KEPT || !takes(own)) return 'busy';
    underWay += 1;
    own.underWay += 1;
    const entry: Kept = { sought: askAll(wanted), until: 0 };
    kept.set(key, entry);
    const sought = await entry.sought;
    underWay -= 1;
    own.underWay -= 1;
    entry.until = clock.now() + (sought === 'none' ? MISSED_KEPT_MS : FOUND_KEPT_MS);
    return sought;
  };
};
