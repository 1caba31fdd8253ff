import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { jsonSchemaOf, type JsonSchema } from '../../../src/config/schema/json-schema.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';
import { arbitraryConfig } from '../arbitrary-config.ts';
import { units } from '../units.ts';

const json = jsonSchemaOf(z, configSchema(z, units).config);
// through text, as another program gets it
const reader = z.fromJSONSchema(JSON.parse(JSON.stringify(json)) as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (config: unknown): boolean => reader.safeParse(config).success;

test('the JSON Schema accepts whatever is in order', async () => {
  const example: unknown = JSON.parse(
    await readFile(new URL('../contract-example.json', import.meta.url), 'utf8'),
  );
  assert.ok(accepts(example));
  assert.ok(accepts({ secondaries: 'list.json' }));
  fc.assert(fc.property(arbitraryConfig, accepts), { numRuns: 200 });
});

test('the JSON Schema refuses what is plainly wrong', () => {
  const secondaries = [{ port: 8086 }];
  assert.ok(accepts({ secondaries }));
  for (const wrong of [
    {},
    { secondaries: [] },
    { secondaries: [{ prt: 8086 }] },
    { secondaries, lsten: 80 },
    { secondaries, listen: 65_536 },
    { secondaries, policy: 'radnom' },
    { secondaries, policy: { hash: 'cooky' } },
    { secondaries, checks: { every: 2 } },
    { secondaries, checks: { every: '2 s' } },
    { secondaries, checks: { ping: 'exec' } },
    { secondaries, affinity: true },
    { secondaries: [{ port: 8086, state: 'down' }] },
  ]) {
    assert.ok(!accepts(wrong), JSON.stringify(wrong));
  }
});

test('every key of a config is described, and has its default or is required', () => {
  const missing: string[] = [];
  const look = (schema: JsonSchema, path: string): void => {
    for (const [key, one] of Object.entries(schema.properties ?? {})) {
      if (typeof one === 'boolean') continue;
      const name = `${path}${key}`;
      if (one.description === undefined && !name.includes('.status')) missing.push(name);
      look(one, `${name}.`);
    }
    for (const one of [schema.items, ...(schema.anyOf ?? []), schema.additionalProperties].flat()) {
      if (typeof one === 'object') look(one, path);
    }
  };
  // of the units only the real ones are documentation
  const { checks, loads, ...rest } = {
    checks: {},
    loads: {},
    policies: units.policies,
    deliveries: units.deliveries,
  };
  look(jsonSchemaOf(z, configSchema(z, { ...rest, checks, loads }).config), '');
  assert.deepEqual(
    missing.filter(
      (name) =>
        !/(?:^|\.)(?:listen|random|round-robin|first|least-connections|two-choices|balance|redirect|page|relay|port)$/.test(
          name,
        ),
    ),
    [],
  );
});

test('what a key leaves out is said by its default', () => {
  const { properties = {} } = json;
  const defaults = Object.fromEntries(
    Object.entries(properties).map(([key, one]) => [key, typeof one === 'boolean' ? one : one.default]),
  );
  assert.equal(defaults['listen'], 80);
  assert.equal(defaults['policy'], 'balance');
  assert.equal(defaults['delivery'], 'redirect');
  assert.equal(defaults['landing'], '/');
  const checks = properties['checks'];
  assert.ok(typeof checks === 'object');
  const every = checks.properties?.['every'];
  assert.ok(typeof every === 'object');
  assert.equal(every.default, '2s');
  assert.match(every.description ?? '', /between two checks/);
});
