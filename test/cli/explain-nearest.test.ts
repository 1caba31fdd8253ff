import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { explain } from '../../src/cli/explain.ts';
import { buildMmdb } from '../geography/build-mmdb.ts';
import { runCommand } from './run-command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'usher-explain-nearest-'));
after(() => {
  rmSync(cwd, { recursive: true });
});

test('nearest is explained as it decides: by the networks file, and by distance where that knows nothing', async () => {
  const secondaries = [
    { id: 'berlin', url: 'http://berlin.invalid', place: [52.5, 13.4] },
    { id: 'sydney', url: 'http://sydney.invalid', place: [-33.9, 151.2] },
  ];
  const config = {
    policy: 'nearest',
    checks: { from: 'none' },
    affinity: false,
    geo: 'City.mmdb',
    secondaries,
  };
  writeFileSync(join(cwd, 'usher.json'), JSON.stringify(config));
  const melbourne = { location: { latitude: -37.8, longitude: 145 } };
  const file = buildMmdb({ '0.0.0.0': melbourne, '203.0.113.0': melbourne });
  writeFileSync(join(cwd, 'City.mmdb'), file);
  const ask = async (): Promise<string> =>
    (await runCommand(explain, ['--from', '203.0.113.9'], { cwd })).out;

  assert.match(await ask(), /^He is sent to sydney/);
  assert.match(await ask(), /^sydney +chosen +ready +not asked +1 +26\.\d+ /m);

  const at = Math.floor(Date.now() / 1000);
  mkdirSync(join(cwd, 'state'));
  writeFileSync(
    join(cwd, 'state', 'networks'),
    `usher networks 1\n203.0.113.0/24 ${at} berlin=12.0/5@${at} sydney=300.0/5@${at}\n`,
  );
  const measured = await ask();
  assert.match(measured, /^He is sent to berlin/);
  assert.match(measured, /^sydney +could serve +ready +not asked +1 +300 /m);
});
