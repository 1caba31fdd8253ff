import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { parseObject } from '../../src/config/parse.ts';
import { printConfig } from '../../src/config/print.ts';
import { registries } from '../../src/registries.ts';
import { means } from './parse-text.ts';

const families = Object.entries(registries).map(([family, registry]) => ({
  family,
  units: Object.entries(registry).map(([name, unit]) => ({
    name,
    main: unit.main as string | undefined,
    shape: unit.options(z) as Readonly<Record<string, z.ZodType>>,
  })),
}));

test('no option is called like a unit of its family: an object names one unit', () => {
  for (const { family, units } of families) {
    const names = units.map(({ name }) => name);
    for (const { name, main, shape } of units) {
      const options = Object.keys(shape).filter((option) => option !== main);
      assert.deepEqual(
        options.filter((option) => names.includes(option)),
        [],
        `${family}.${name}`,
      );
      assert.ok(main === undefined || main in shape, `${family}.${name} has its main option`);
    }
  }
});

test('the real units are read from a config, and printed so that they are read again the same', () => {
  const pings = ['http', 'tcp', 'icmp', { http: '/alive', expect: 'yes' }, { exec: ['/bin/true'] }];
  const loads = [
    ...['apache', 'nginx', 'json', 'orca', { apache: '/server-status?auto' }, { json: '/load' }],
    ...[{ prometheus: '/metrics', metric: 'busy' }, { exec: ['/bin/load'] }],
  ];
  const config = {
    entrances: Object.fromEntries(
      Object.keys(registries.policies).map((policy) => [`/${policy}`, { policy }]),
    ),
    secondaries: loads.map((load, at) => ({ port: 10_100 + at, ping: pings[at % pings.length], load })),
  };
  const real = { ...means, registries };
  const first = parseObject(config, real);
  assert.deepEqual(first.ok ? [] : first.mistakes, []);
  assert.ok(first.ok);
  const printed: unknown = JSON.parse(JSON.stringify(printConfig(first.settings, registries)));
  assert.deepEqual(parseObject(printed, real), first);
});
