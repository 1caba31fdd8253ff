import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { originFor } from '../../src/deliveries/locate.ts';
import { rememberingOrigins } from '../../src/dispatch/origins.ts';
import { plainSettings } from '../doors/a-door.ts';
import type { Host } from '../../src/model/visit.ts';

test('an origin that is remembered is the one that the visitor asked for, whoever asked before', () => {
  const [first, second] = plainSettings().secondaries;
  assert.ok(first && second);
  const other = { ...second, address: { kind: 'own', origin: 'https://www2.example.org' } } as const;
  const all = [first, second, other].map((secondary, slot) => ({ secondary, slot }));
  const visit = fc.tuple(fc.constantFrom(...all), fc.constantFrom('a.example', 'b.example', '[::1]'));
  fc.assert(
    fc.property(fc.array(visit), (visits) => {
      const originOf = rememberingOrigins(all.length);
      for (const [to, host] of visits)
        assert.equal(originOf(to, host as Host), originFor(to.secondary.address, host as Host));
    }),
  );
});
