import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const linesOf = (unit: string): readonly string[] =>
  readFileSync(new URL(`../../ops/systemd/${unit}`, import.meta.url), 'utf8').split('\n');

/** What takes a service nothing that it needs, and whoever breaks into it much. */
const HARDENING = /^(?:NoNewPrivileges|Protect|Private|Restrict|Lock)\w*=/;

test('the worker is locked in as tightly as the primary', () => {
  const primary = linesOf('usher.service').filter((line) => HARDENING.test(line));
  assert.ok(primary.length >= 8);
  assert.deepEqual(
    linesOf('usher-worker.service').filter((line) => HARDENING.test(line)),
    primary,
  );
});

test('only the primary may open ports below 1024', () => {
  const may = (unit: string): boolean =>
    linesOf(unit).some((line) => /^[^#]*CAP_NET_BIND_SERVICE/.test(line));
  assert.ok(may('usher.service'));
  assert.ok(!may('usher-worker.service'));
});
