import { crypto } from '../node-crypto.ts';

const { createHmac, timingSafeEqual } = crypto;

/** Keys of the primary: the first signs, all are accepted. */
export type Secrets = readonly [Buffer, ...Buffer[]];

/** What is signed, and how much of the HMAC-SHA256 is kept. */
export interface Signed {
  /** what it is for: of two purposes, neither's signature counts for the other */
  readonly purpose: string;
  readonly text: string;
  readonly bytes: number;
}

const signature = (key: Buffer, { purpose, text, bytes }: Signed): Buffer =>
  createHmac('sha256', key).update(purpose).update('\0').update(text).digest().subarray(0, bytes);

/** The signature, in base64url. */
export const sign = ([key]: Secrets, signed: Signed): string => signature(key, signed).toString('base64url');

/** Whether one of the keys signed it. */
export const isSignedBy = (secrets: Secrets, given: string, signed: Signed): boolean => {
  const bytes = Buffer.from(given, 'base64url');
  return (
    bytes.length === signed.bytes && secrets.some((key) => timingSafeEqual(bytes, signature(key, signed)))
  );
};
