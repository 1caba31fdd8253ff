import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startKeepingGeography } from '../../src/geography/keep-geography.ts';
import { openWhereabouts } from '../../src/geography/whereabouts.ts';
import type { Event } from '../../src/journal.ts';
import type { Secondary } from '../../src/model/secondary.ts';
import { buildMmdb } from './build-mmdb.ts';

const secondary: Secondary = {
  id: 'far',
  address: { kind: 'own', origin: 'http://203.0.113.9:8080' },
  at: 'http://127.0.0.1:8080',
  weight: 1,
  role: 'active',
  state: 'ready',
};

/** A file that puts 203.0.113.0/24 at this latitude. */
const fileAt = (latitude: number): Buffer => buildMmdb({ '203.0.113.0': { latitude, longitude: 10 } });

it('a file of places is read again when it is replaced, and a bad one leaves the last good one in force', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-geo-'));
  const file = join(folder, 'City.mmdb');
  const events: Event[] = [];
  let heard = Promise.withResolvers<undefined>();
  const next = async (): Promise<void> => {
    await heard.promise;
    heard = Promise.withResolvers();
  };
  const replace = async (bytes: Buffer): Promise<void> => {
    await writeFile(`${file}.new`, bytes);
    await rename(`${file}.new`, file);
  };
  await replace(fileAt(50));
  const keeping = startKeepingGeography({
    journal: (event) => {
      events.push(event);
      if (event.type === 'geography-refused') heard.resolve(undefined);
    },
    changed: () => {
      heard.resolve(undefined);
    },
    everyMs: 20,
  });
  try {
    keeping.update(file, [secondary]);
    await next();
    assert.deepEqual(keeping.now()?.places.get('far'), [50, 10]);

    await replace(fileAt(51).subarray(0, 200));
    await next();
    assert.match(JSON.stringify(events.at(-1)), /geography-refused.*only a part/);
    const whereabouts = openWhereabouts(keeping.now()?.file ?? new SharedArrayBuffer(0));
    assert.ok(typeof whereabouts !== 'string');
    assert.deepEqual(whereabouts('203.0.113.200'), [50, 10]);

    await replace(fileAt(-34));
    await next();
    assert.deepEqual(keeping.now()?.places.get('far'), [-34, 10]);
  } finally {
    await keeping.stop();
    await rm(folder, { recursive: true });
  }
});

it('visitors are looked up in the file while names of secondaries still are, and a stop waits for none of these', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-geo-'));
  const file = join(folder, 'City.mmdb');
  await writeFile(file, fileAt(50));
  const named = (names: readonly string[]): Secondary[] =>
    names.map((name) => ({
      ...secondary,
      id: name,
      address: { kind: 'own', origin: `http://${name}.test` },
    }));
  const asked: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<string | undefined>>();
  let heard = Promise.withResolvers<undefined>();
  const keeping = startKeepingGeography({
    journal: () => undefined,
    changed: () => {
      heard.resolve(undefined);
      heard = Promise.withResolvers();
    },
    addressOf: (host) => {
      asked.push(host);
      const answer = Promise.withResolvers<string | undefined>();
      answers.set(host, answer);
      return answer.promise;
    },
  });
  try {
    const read = heard.promise;
    keeping.update(file, [secondary, ...named(['a', 'b', 'c', 'd'])]);
    await read;
    const { file: bytes, places } = keeping.now() ?? {};
    assert.ok(bytes !== undefined && typeof openWhereabouts(bytes) !== 'string');
    assert.deepEqual([...(places ?? [])], [['far', [50, 10]]], 'an address needs no lookup');
    assert.deepEqual(asked, ['a.test', 'b.test']);

    // another list: of the one before nobody is asked for any more
    const placed = heard.promise;
    keeping.update(file, named(['e']));
    for (const name of ['a.test', 'b.test']) answers.get(name)?.resolve(undefined);
    while (!answers.has('e.test')) await setImmediate();
    answers.get('e.test')?.resolve('203.0.113.7');
    await placed;
    assert.deepEqual(asked, ['a.test', 'b.test', 'e.test']);
    assert.deepEqual([...(keeping.now()?.places ?? [])], [['e', [50, 10]]]);

    keeping.update(file, named(['f', 'g', 'h']));
    while (!answers.has('g.test')) await setImmediate();
    await keeping.stop();
    for (const name of ['f.test', 'g.test']) answers.get(name)?.resolve('203.0.113.7');
    await keeping.settled();
    assert.deepEqual(asked.slice(3), ['f.test', 'g.test']);
    assert.deepEqual([...(keeping.now()?.places.keys() ?? [])], ['e']);
  } finally {
    await keeping.stop();
    await rm(folder, { recursive: true });
  }
});
