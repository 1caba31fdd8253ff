import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { schema } from '../../src/cli/schema.ts';
import type { JsonSchema } from '../../src/config/schema/json-schema.ts';
import { registries } from '../../src/registries.ts';
import { runCommand } from './run-command.ts';

test('the schema is JSON Schema 2020-12 and accepts what Usher accepts', async () => {
  const { code, out } = await runCommand(schema, [], { cwd: '/' });
  assert.equal(code, 0);
  const json = JSON.parse(out) as JsonSchema;
  assert.equal(json.$schema, 'https://json-schema.org/draft/2020-12/schema');
  const reader = z.fromJSONSchema(json);
  const secondaries = [{ port: 8086 }];
  for (const config of [
    { $schema: './usher.schema.json', secondaries },
    { secondaries: 'secondaries.json' },
    { listen: [{ port: 443, cert: 'a.pem', key: 'a.key' }], affinity: false, secondaries },
    { checks: { every: '40s', ping: { http: '/alive' } }, whenAllDown: 'https://sorry.example', secondaries },
  ]) {
    assert.ok(reader.safeParse(config).success, JSON.stringify(config));
  }
  assert.ok(!reader.safeParse({ secondaries, polcy: 'random' }).success);
});

test('every unit that a config may name is in the schema, with what it does', async () => {
  const { out } = await runCommand(schema, [], { cwd: '/' });
  for (const registry of Object.values(registries)) {
    for (const [name, unit] of Object.entries(registry)) {
      assert.ok(out.includes(JSON.stringify(name)), name);
      assert.ok(out.includes(JSON.stringify(unit.summary)), `${name}: ${unit.summary}`);
    }
  }
});

test('every option of every unit is described', async () => {
  const { out } = await runCommand(schema, [], { cwd: '/' });
  const missing: string[] = [];
  for (const [family, registry] of Object.entries(registries)) {
    for (const [name, unit] of Object.entries(registry)) {
      const shape = unit.options(z) as Readonly<Record<string, z.ZodType>>;
      for (const [key, option] of Object.entries(shape)) {
        const { description } = option;
        if (description === undefined || !out.includes(JSON.stringify(description))) {
          missing.push(`${family}.${name}.${key}`);
        }
      }
    }
  }
  assert.deepEqual(missing, []);
});

test('the contract’s example of a config fits the schema', async () => {
  const { out } = await runCommand(schema, [], { cwd: '/' });
  const reader = z.fromJSONSchema(JSON.parse(out) as Parameters<typeof z.fromJSONSchema>[0]);
  const example: unknown = JSON.parse(
    await readFile(new URL('../config/contract-example.json', import.meta.url), 'utf8'),
  );
  const result = reader.safeParse(example);
  assert.deepEqual(result.error?.issues ?? [], []);
});
