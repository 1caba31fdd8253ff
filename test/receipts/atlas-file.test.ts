import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { networkOf } from '../../src/model/network.ts';
import { clearDrafts, parsePage, readAtlas, writeAtlas } from '../../src/receipts/atlas-file.ts';
import { allocateAtlas, openAtlas, type Atlas, type Page } from '../../src/receipts/atlas.ts';

const NOW_S = 1_764_000_000;
const slots = new Map([
  ['web1', 0],
  ['web2', 7],
]);
const reading = { slots, now: NOW_S };

const emptyAtlas = (): Atlas => openAtlas(allocateAtlas(), () => NOW_S * 1000);

const pagesOf = (atlas: Atlas): readonly Page[] =>
  Array.from({ length: atlas.parts }, (_, part) => atlas.pages(part)).flat();

const folderFor = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-networks-'));
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

it('what was learned is read again as it was written, by nobody else', async (t) => {
  const folder = folderFor(t);
  const atlas = emptyAtlas();
  for (let n = 0; n < 1000; n += 1) {
    const network = networkOf(n % 2 === 0 ? `10.${n >> 8}.${n & 255}.1` : `2001:db8:${n.toString(16)}::1`);
    atlas.learn(network, [
      { slot: 0, ms: 20 },
      { slot: 7, ms: 35.5 },
    ]);
  }
  await writeAtlas(join(folder, 'state'), atlas, slots);
  assert.equal(statSync(join(folder, 'state/networks')).mode & 0o777, 0o600);
  const other = emptyAtlas();
  await readAtlas(join(folder, 'state'), other, () => reading);
  assert.deepEqual(
    new Set(pagesOf(other).map((page) => JSON.stringify(page))),
    new Set(pagesOf(atlas).map((page) => JSON.stringify(page))),
  );
});

it('of secondaries that are not on the list nothing is read', () => {
  const line = `203.0.113.0/24 ${NOW_S} web1=23.4/5@${NOW_S} gone=1.0/9@${NOW_S}`;
  assert.deepEqual(parsePage(line, reading)?.known, [{ slot: 0, ms: 23.4, count: 5, at: NOW_S }]);
});

it('a line that somebody else wrote is passed over', () => {
  for (const line of [
    '',
    'x',
    `203.0.113.0/24 ${NOW_S}`,
    `203.0.113.7/24 ${NOW_S} web1=1.0/1@${NOW_S}`,
    `203.0.113.0/24 ${NOW_S + 3600} web1=1.0/1@${NOW_S}`,
    `203.0.113.0/24 ${NOW_S} web1=1.0/1@${NOW_S + 3600}`,
    `203.0.113.0/24 ${NOW_S} web1=0.0/1@${NOW_S}`,
    `203.0.113.0/24 ${NOW_S} web1=99999.0/1@${NOW_S}`,
    `203.0.113.0/24 ${NOW_S} web1=1e3/1@${NOW_S}`,
    `203.0.113.0/24 ${NOW_S} __proto__=1.0/1@${NOW_S}`,
    `203.0.113.0/24 ${NOW_S} web1=1.0/1@${NOW_S}${' web1=1.0/1@1'.repeat(100)}`,
  ]) {
    assert.equal(parsePage(line, reading), undefined, line);
  }
  fc.assert(fc.property(fc.string(), (line) => void parsePage(line, reading)));
});

it('a file that is none of ours, torn, a folder, or not to be read, is left alone', async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'networks');
  const read = async (): Promise<number> => {
    const atlas = emptyAtlas();
    await readAtlas(folder, atlas, () => reading);
    return pagesOf(atlas).length;
  };
  const sound = `203.0.113.0/24 ${NOW_S} web1=23.4/5@${NOW_S}\n`;
  assert.equal(await read(), 0);
  writeFileSync(file, sound);
  assert.equal(await read(), 0, 'it has no title');
  writeFileSync(file, `usher networks 1\n${sound}198.51.100.0/24 ${NOW_S} web1=2`);
  assert.equal(await read(), 1, 'the whole line counts');
  writeFileSync(file, `usher networks 1\n${'x'.repeat(17 * 1024 * 1024)}\n${sound}`);
  assert.equal(await read(), 0, 'it is too large');
  rmSync(file);
  mkdirSync(file);
  assert.equal(await read(), 0, 'it is a folder');
});

it('one that cannot be written leaves the old one and no draft', async (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'networks'));
  writeFileSync(join(folder, '.networks.1.0123456789ab.tmp'), 'left by one that was killed');
  await assert.rejects(writeAtlas(folder, emptyAtlas(), slots));
  await clearDrafts(folder);
  assert.deepEqual(readdirSync(folder), ['networks']);
  rmSync(join(folder, 'networks'), { recursive: true });
  await writeAtlas(folder, emptyAtlas(), slots);
  chmodSync(folder, 0o755);
  assert.equal(readFileSync(join(folder, 'networks'), 'latin1'), 'usher networks 1\n');
});
