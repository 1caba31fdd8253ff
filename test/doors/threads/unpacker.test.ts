import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { pack } from '../../../src/doors/threads/parcel.ts';
import { createUnpacker } from '../../../src/doors/threads/unpacker.ts';
import { nothingKnown, type PoolSnapshot } from '../../../src/model/pool.ts';

const outlook = { perVisitor: 1.5, load: 0.5, usual: 30, perRequest: 4, fairSessions: 12, fairFast: 2 };

const snapshotOf = (seq: number, count: number): PoolSnapshot => {
  const ids = Array.from({ length: count }, (_, nth) => `web${nth}`);
  return {
    ...{ seq, at: seq, source: 'cached', everyMs: 2000 },
    standings: new Map(
      ids.map((id) => [
        id,
        {
          id,
          verdict: { health: 'up', since: 1, passes: 2, fails: 0, flaps: 0 },
          load: { at: seq, running: 3 },
        },
      ]),
    ),
    beliefs: new Map(
      ids.map((id) => [
        id,
        { ...{ at: seq, sessions: 5, excess: 1, slowBefore: 3, fastBefore: 2, capacity: 1 }, outlook },
      ]),
    ),
  };
};

test(
  'a short list is unpacked at once, a long one in slices, each parcel upon the one before it',
  { timeout: 20_000 },
  async () => {
    const taken: PoolSnapshot[] = [];
    const news = new EventEmitter();
    const unpacker = createUnpacker(nothingKnown('cached'), (snapshot) => {
      taken.push(snapshot);
      news.emit(String(snapshot.seq));
    });
    const short = snapshotOf(1, 20);
    unpacker.hear(pack(short));
    assert.deepEqual(taken, [short]);

    const long = [snapshotOf(2, 2000), snapshotOf(3, 2000), snapshotOf(4, 2000)] as const;
    const last = once(news, '4');
    unpacker.hear(pack(long[0], short));
    unpacker.hear(pack(long[1], long[0]));
    unpacker.hear(pack(long[2], long[1]));
    assert.equal(taken.length, 1, 'visitors go by the one before');
    await last;
    // What differs would take minutes to be shown.
    assert.ok(isDeepStrictEqual(taken.slice(1), long));
  },
);

test('what is stopped hands nothing over any more', async () => {
  const taken: PoolSnapshot[] = [];
  const unpacker = createUnpacker(nothingKnown('cached'), (snapshot) => void taken.push(snapshot));
  unpacker.hear(pack(snapshotOf(1, 2000)));
  unpacker.stop();
  unpacker.hear(pack(snapshotOf(2, 20)));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const idle = createUnpacker(nothingKnown('cached'), (snapshot) => void taken.push(snapshot));
  idle.stop();
  idle.hear(pack(snapshotOf(3, 20)));
  assert.equal(taken.length, 0);
});
