import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { networkOf } from '../../src/model/network.ts';
import { startKeepingAtlas } from '../../src/receipts/keep-atlas.ts';
import { nonces } from '../../src/receipts/nonces.ts';
import { allocateReceipts, openReceipts } from '../../src/receipts/receipts.ts';
import { dropStubs } from '../../src/receipts/stubs.ts';

const HERE = '203.0.113.9';

it('of a new secondary nothing is known, also where the one before left its row an edit ago', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-keeping-'));
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const memory = allocateReceipts();
  const wall = (): number => 1_764_000_000_000;
  const { atlas, handOut, takeIn } = openReceipts(memory, { wall, nonce: nonces() });
  const keeping = startKeepingAtlas({
    folder: () => folder,
    atlas,
    slots: new Map([
      ['web1', 0],
      ['web2', 1],
    ]),
    wall,
    journal: () => undefined,
    forgotten: (slots) => {
      dropStubs(memory.stubs, slots);
    },
  });
  t.after(keeping.stop);
  atlas.learn(networkOf(HERE), [
    { slot: 0, ms: 20 },
    { slot: 1, ms: 1 },
  ]);
  const gone = handOut(HERE, { slots: [0, 1], isBinding: true }) ?? '';
  const stays = handOut(HERE, { slots: [0], isBinding: true }) ?? '';

  keeping.update(new Map([['web1', 0]]));
  keeping.update(
    new Map([
      ['web1', 0],
      ['web9', 1],
    ]),
  );
  const row = atlas.find(HERE);
  const known = Array.from({ length: atlas.places }, (_, place) => atlas.slotAt(row, place));
  assert.deepEqual(
    known.filter((slot) => slot >= 0),
    [0],
  );
  assert.equal(takeIn(`${gone}.1.20.10`, HERE), 'unknown', 'its page named the one before');
  assert.ok(typeof takeIn(`${stays}.0.20`, HERE) === 'object');
});

it('of a secondary that took a slot over while the file is read nothing is known either', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-keeping-'));
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const seconds = 1_764_000_000;
  const line = (n: number): string =>
    `203.${String(n >> 8)}.${String(n & 255)}.0/24 ${String(seconds)} old=3.0/8@${String(seconds)} stays=5.0/8@${String(seconds)}\n`;
  const lines = Array.from({ length: 2000 }, (_, n) => line(n));
  writeFileSync(join(folder, 'networks'), `usher networks 1\n${lines.join('')}`);
  const wall = (): number => seconds * 1000;
  let isChanged = false;
  const { atlas } = openReceipts(allocateReceipts(), { wall, nonce: nonces() });
  const keeping = startKeepingAtlas({
    folder: () => folder,
    // the list changes as soon as the first line is taken over
    atlas: {
      ...atlas,
      restore: (page) => {
        atlas.restore(page);
        if (!isChanged) {
          isChanged = true;
          keeping.update(
            new Map([
              ['new', 0],
              ['stays', 1],
            ]),
          );
        }
      },
    },
    slots: new Map([
      ['old', 0],
      ['stays', 1],
    ]),
    wall,
    journal: () => undefined,
    forgotten: () => undefined,
  });
  await keeping.stop();
  const known = Array.from({ length: atlas.parts }, (_, part) => atlas.pages(part)).flat();
  assert.deepEqual(new Set(known.flatMap((page) => page.known.map(({ slot }) => slot))), new Set([1]));
});
