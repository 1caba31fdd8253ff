import { crypto } from '../../node-crypto.ts';

const { randomBytes, scrypt, timingSafeEqual } = crypto;

/** A password as it stands in the config: not itself, but what proves it. */
export interface PasswordHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** What a new hash costs: 16 MiB and about 0.2 s; one of the settings that OWASP's password storage sheet names. */
const NEW = { cost: 2 ** 14, blockSize: 8, parallelization: 5 };

/** More memory than this nobody needs to check a password: a typo would stop the program. */
const MOST_MEMORY = 256 * 1024 * 1024;

const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{11,86})\$([\w-]{22,86})$/;

/** Reads `scrypt$N$r$p$salt$hash` (salt and hash in base64url); `undefined` for anything else. */
export const parsePasswordHash = (text: string): PasswordHash | undefined => {
  const [, cost, blockSize, parallelization, salt = '', hash = ''] = FORM.exec(text) ?? [];
  const numbers = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
  };
  const isPowerOfTwo = numbers.cost > 1 && Number.isInteger(Math.log2(numbers.cost));
  if (!isPowerOfTwo || numbers.blockSize < 1 || numbers.parallelization < 1) return undefined;
  if (memoryFor(numbers) > MOST_MEMORY || numbers.parallelization > 32) return undefined;
  return { ...numbers, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
};

/** The string for the config that proves this password. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const hash = await derive(password, { ...NEW, salt, hash: Buffer.alloc(32) });
  return [
    'scrypt',
    ...[NEW.cost, NEW.blockSize, NEW.parallelization],
    ...[salt.toString('base64url'), hash.toString('base64url')],
  ].join('$');
};

/** Whether it is the password; takes as long as the hash costs, off the main thread. */
export const verifyPassword = async (password: string, proof: PasswordHash): Promise<boolean> =>
  timingSafeEqual(await derive(password, proof), proof.hash);

/** The same letters typed on another system may come in another Unicode form. */
const derive = (password: string, proof: PasswordHash): Promise<Buffer> => {
  const { cost, blockSize, parallelization, salt, hash } = proof;
  return new Promise((resolve, reject) => {
    scrypt(
      password.normalize('NFC'),
      salt,
      hash.length,
      { cost, blockSize, parallelization, maxmem: memoryFor(proof) + 1024 * 1024 },
      (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      },
    );
  });
};

/** RFC 7914: 128 · N · r bytes, and 128 · r for each of p. */
const memoryFor = (numbers: Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelization'>): number =>
  128 * numbers.blockSize * (numbers.cost + numbers.parallelization);
