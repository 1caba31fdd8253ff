import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checks } from '../../src/checks/index.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { startTcp } from '../real/tcp-server.ts';
import { wireOf } from '../wire/wire-of.ts';
import { made } from './made.ts';
import { anyAnswers, FAILURES, wireThatAnswers, wireThatFails } from './wires.ts';

/** For every check options that make it ask the subject, and others that make it look closer. */
const OPTIONS: Readonly<Record<string, readonly [object, ...object[]]>> = {
  http: [{}, { expect: 'Test Page', status: '200-299,401' }, { family: 'both', host: 'www.example.test' }],
  tcp: [{}, { port: true, family: 'both' }],
  icmp: [{}, { address: '192.0.2.1', family: 'both' }],
  exec: [{ command: ['true'] }],
};

const SEEDS = [
  '<!doctype html><title>Test Page</title>',
  'http://127.0.0.1:8086/',
  '//elsewhere/',
  '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=1.29 ms',
  'ping: no.such: Name or service not known',
];

const SUBJECT = { id: 'web1', at: 'http://127.0.0.1:8086', timeoutMs: 1000 } as const;

const isWellFormed = (outcome: Outcome): void => {
  assert.ok(Number.isFinite(outcome.tookMs) && outcome.tookMs >= 0, String(outcome.tookMs));
  if (!outcome.ok) assert.ok(FAILURES.includes(outcome.failure));
  if (!outcome.ok || outcome.detail !== undefined) assert.match(outcome.detail ?? '', /^[\x20-\x7e]{1,200}$/);
  assert.deepEqual(JSON.parse(JSON.stringify(outcome)), outcome);
};

test('every check of the registry is held to its contract', () => {
  assert.deepEqual(Object.keys(OPTIONS), Object.keys(checks));
});

for (const [name, variants] of Object.entries(OPTIONS)) {
  test(`${name} turns whatever comes back into a well-formed outcome`, async () => {
    for (const options of variants) {
      const check = made(checks, name, options);
      await fc.assert(
        fc.asyncProperty(anyAnswers(SEEDS), async (answers) => {
          isWellFormed(await check(SUBJECT, wireThatAnswers(answers)));
        }),
        { numRuns: 300 },
      );
    }
  });

  test(`${name} passes a failure of the wire on as it is`, async () => {
    const check = made(checks, name, variants[0]);
    for (const failure of FAILURES) {
      const outcome = await check(SUBJECT, wireThatFails({ ok: false, failure, detail: 'so it is' }));
      assert.ok(!outcome.ok);
      assert.equal(outcome.failure, failure);
      assert.match(outcome.detail, /^so it is/);
    }
  });

  test(`${name} is over when its time is, though nobody answers`, async (t) => {
    const server = await startTcp((socket) => void socket.resume());
    t.after(server.stop);
    const options = name === 'exec' ? { command: ['sleep', '60'] } : variants[0];
    const outcome = await made(
      checks,
      name,
      options,
    )({ id: 'web1', at: server.origin, timeoutMs: 200 }, wireOf(t));
    await server.idle();
    isWellFormed(outcome);
    if (name === 'http' || name === 'exec') assert.equal(!outcome.ok && outcome.failure, 'timeout');
  });

  test(`${name} survives noise on a real connection`, async (t) => {
    let bytes: Uint8Array = new Uint8Array();
    const server = await startTcp((socket) => {
      socket.resume();
      socket.end(bytes);
    });
    t.after(server.stop);
    const wire = wireOf(t);
    const check = made(checks, name, variants[0]);
    const head = Buffer.from('HTTP/1.1 200 OK\r\n');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (noise, withHead) => {
        bytes = withHead ? Buffer.concat([head, noise]) : noise;
        isWellFormed(await check({ id: 'web1', at: server.origin, timeoutMs: 2000 }, wire));
      }),
      { numRuns: name === 'http' ? 100 : 3 },
    );
  });
}
