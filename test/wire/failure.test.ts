import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import fc from 'fast-check';
import { failureOf } from '../../src/wire/failure.ts';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

test('every error code that a socket, resolver or parser gives has its failure', () => {
  const expected = {
    ECONNREFUSED: 'refused',
    ETIMEDOUT: 'timeout',
    ECONNRESET: 'reset',
    UND_ERR_INFO: 'reset',
    EHOSTUNREACH: 'unreachable',
    EPERM: 'unreachable',
    EMFILE: 'exhausted',
    EADDRNOTAVAIL: 'exhausted',
    ENOMEM: 'exhausted',
    ENOTFOUND: 'unresolved',
    EAI_AGAIN: 'unresolved',
    ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
    ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
    CERT_HAS_EXPIRED: 'tls',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
    UND_ERR_HEADERS_OVERFLOW: 'too-large',
    HPE_INVALID_CONSTANT: 'garbage',
    SOMETHING_NEW: 'garbage',
  };
  for (const [code, failure] of Object.entries(expected)) {
    assert.deepEqual(failureOf(coded(code)), { ok: false, failure, detail: code });
  }
});

test('of several addresses the one that answered counts before those without a route', () => {
  const error = new AggregateError([
    coded('ENETUNREACH', 'connect ENETUNREACH ::1:80'),
    coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:80'),
  ]);
  assert.deepEqual(failureOf(error), {
    ok: false,
    failure: 'refused',
    detail: 'connect ENETUNREACH ::1:80; connect ECONNREFUSED 127.0.0.1:80',
  });
});

test('of several addresses one that this machine could not even try counts least', () => {
  const local = coded('EADDRNOTAVAIL', 'connect EADDRNOTAVAIL ::1:80');
  const refused = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:80');
  const unreachable = coded('ENETUNREACH', 'connect ENETUNREACH 127.0.0.1:80');
  assert.equal(failureOf(new AggregateError([local, refused])).failure, 'refused');
  assert.equal(failureOf(new AggregateError([local, unreachable])).failure, 'unreachable');
  assert.equal(failureOf(new AggregateError([local, local])).failure, 'exhausted');
});

test('anything that can be thrown becomes a failure with a detail', () => {
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      const { ok, detail } = failureOf(thrown);
      assert.equal(ok, false);
      assert.match(detail, /^[\x20-\x7e]{1,200}$/);
    }),
    { numRuns: 1000, examples: [[Object.create(null)], [{ toString: 0 }]] },
  );
});

test('an IPv6 address where this machine has no IPv6 is a failure, no want of ports', (t) => {
  const script = `
    const { connect } = await import('node:net');
    const { failureOf } = await import(${JSON.stringify(import.meta.resolve('../../src/wire/failure.ts'))});
    connect(8086, '::1').on('error', (error) => console.log(error.code, failureOf(error).failure));`;
  // a network of its own, in which not even the loopback is up
  const run = spawnSync('unshare', ['-rn', process.execPath, '--input-type=module', '-e', script]);
  if (run.error !== undefined || String(run.stderr).startsWith('unshare')) {
    t.skip(`no network of its own to be had: ${String(run.error ?? run.stderr)}`);
    return;
  }
  assert.equal(String(run.stdout), 'EADDRNOTAVAIL unreachable\n', String(run.stderr));
});
