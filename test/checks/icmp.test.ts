import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import test from 'node:test';
import { checks } from '../../src/checks/index.ts';
import type { Wire } from '../../src/wire/wire.ts';
import { createWire } from '../../src/wire/create-wire.ts';
import { made } from '../contracts/made.ts';
import { tempFolder } from '../real/program.ts';
import { realClock, wireOf } from '../wire/wire-of.ts';

const SUBJECT = { id: 'web1', at: 'http://127.0.0.1:8086', timeoutMs: 5000 } as const;

test('a machine that echoes passes, over both versions of IP', async (t) => {
  const wire = wireOf(t);
  const four = await made(checks, 'icmp', { address: true })(SUBJECT, wire);
  assert.equal(four.ok, true, four.detail ?? 'silent');
  const six = await made(checks, 'icmp')({ ...SUBJECT, at: 'http://[::1]:8086' }, wire);
  assert.equal(six.ok, true, six.detail ?? 'silent');
  const both = await made(checks, 'icmp', { family: 'both' })(SUBJECT, wire);
  assert.equal(both.ok, false);
  assert.match(both.detail, /^IPv6: ping: 127\.0\.0\.1: /);
});

test('the way to the machine is timed, not the start of the program', async (t) => {
  const outcome = await made(checks, 'icmp')(SUBJECT, {
    ...wireOf(t),
    run: async () => ({ ok: true, code: 0, output: '64 bytes from x: time=0.042 ms\n', complaint: '' }),
  });
  assert.deepEqual(outcome, { ok: true, tookMs: 0.042 });
});

test('a name without an address is unresolved', async (t) => {
  const outcome = await made(checks, 'icmp', { address: 'no-such-name.invalid' })(SUBJECT, wireOf(t));
  assert.equal(!outcome.ok && outcome.failure, 'unresolved', outcome.detail ?? 'silent');
});

test('no echo is a timeout, no route is unreachable', async (t) => {
  const heard = (code: number, output: string): Wire => ({
    ...wireOf(t),
    run: async () => ({ ok: true, code, output, complaint: '' }),
  });
  const icmp = made(checks, 'icmp');
  const silent = await icmp(SUBJECT, heard(1, '1 packets transmitted, 0 received, 100% packet loss\n'));
  assert.equal(!silent.ok && silent.failure, 'timeout');
  const refused = 'From 192.0.2.9 icmp_seq=1 Destination Host Unreachable\n';
  const lost = await icmp(SUBJECT, heard(1, refused));
  assert.equal(!lost.ok && lost.failure, 'unreachable');
  assert.equal(lost.detail, refused.trim());
});

test('a machine without ping is told which package to install', async (t) => {
  const { folder, remove } = await tempFolder();
  t.after(remove);
  const wire = createWire({ clock: realClock, path: folder });
  t.after(wire.close);
  const outcome = await made(checks, 'icmp')(SUBJECT, wire);
  assert.equal(!outcome.ok && outcome.failure, 'command');
  assert.equal(outcome.detail, 'ping is not there: apt install iputils-ping');
});

test('a host cannot pass for an option of ping', async (t) => {
  assert.throws(() => made(checks, 'icmp', { address: '-f' }));
  const { folder, remove } = await tempFolder({ ping: '#!/bin/sh\necho "ping: $*" >&2\nexit 2\n' });
  t.after(remove);
  await chmod(`${folder}/ping`, 0o755);
  const wire = createWire({ clock: realClock, path: `${folder}:/usr/bin:/bin` });
  t.after(wire.close);
  const outcome = await made(checks, 'icmp', { family: 4 })({ ...SUBJECT, at: 'http://-f:80' }, wire);
  assert.equal(outcome.detail, 'ping: -n -c 1 -W 5 -4 -- -f');
});
