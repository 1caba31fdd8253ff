import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
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
