import fc from 'fast-check';
import type { Failed, HttpAnswer, Ran, Wire } from '../../src/wire/wire.ts';

/** What every way of reaching out answers. */
export interface Answers {
  readonly http: HttpAnswer | Failed;
  readonly tcp: { readonly ok: true; readonly text: string } | Failed;
  readonly program: Ran | Failed;
}

/** A wire that always answers the same, at an instant that the test sets. */
export const wireThatAnswers = ({ http, tcp, program }: Answers, now = 1000): Wire => ({
  clock: { now: () => now, wall: () => 0 },
  ask: async () => http,
  connect: async () => tcp,
  run: async () => program,
});

/** All ways to fail. */
export const FAILURES = [
  ...['refused', 'timeout', 'reset', 'unreachable', 'unresolved', 'tls', 'status'],
  ...['redirected', 'text-missing', 'too-large', 'garbage', 'exhausted', 'command'],
] as Failed['failure'][];

/** A wire on which everything fails in this way. */
export const wireThatFails = (failed: Failed): Wire =>
  wireThatAnswers({ http: failed, tcp: failed, program: failed });

/**
 * Any text that a secondary may send: noise, and what resembles the real thing, because noise alone is refused at the
 * first letter.
 */
export const anyText = (seeds: readonly string[]): fc.Arbitrary<string> => {
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('utf8'));
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.nat(), fc.nat(20), noise)
    .map(([seed, at, length, put]) => {
      const cut = at % (seed.length + 1);
      return seed.slice(0, cut) + put + seed.slice(cut + length);
    });
  const number = fc.oneof(fc.double().map(String), fc.constantFrom('-1', 'NaN', '1e999', '', 'null', '0x10'));
  const renumbered = fc
    .tuple(fc.constantFrom(...seeds), number)
    .map(([seed, value]) => seed.replace(/\d+(\.\d+)?(?!.*\d)/s, value));
  return fc.oneof(noise, mutated, renumbered, fc.json(), fc.constantFrom(...seeds));
};

/** A record as JSON has it: of the usual prototype. */
const plain = <Shape>(shape: { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> }): fc.Arbitrary<Shape> =>
  fc.record(shape, { noNullPrototype: true });

/** Any answers at all, around these texts. */
export const anyAnswers = (seeds: readonly string[]): fc.Arbitrary<Answers> => {
  const text = anyText(seeds);
  const failed = plain({
    ok: fc.constant(false as const),
    failure: fc.constantFrom(...FAILURES),
    detail: fc.constant('so it is'),
  });
  const http = plain({
    ok: fc.constant(true as const),
    status: fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 999 })),
    headers: fc.dictionary(fc.constantFrom('location', 'endpoint-load-metrics', '__proto__', 'x'), text, {
      noNullPrototype: true,
    }),
    body: text,
  });
  const program = plain({
    ok: fc.constant(true as const),
    code: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })),
    output: text,
    complaint: text,
  });
  const tcp = plain({ ok: fc.constant(true as const), text });
  return plain({
    http: fc.oneof({ weight: 9, arbitrary: http }, failed),
    tcp: fc.oneof({ weight: 9, arbitrary: tcp }, failed),
    program: fc.oneof({ weight: 9, arbitrary: program }, failed),
  });
};
