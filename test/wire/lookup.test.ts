import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import test from 'node:test';
import { createLookup } from '../../src/wire/lookup.ts';
import type { Resolve } from '../../src/wire/lookup.ts';

/** A resolver that answers when the test says so. */
const slowResolver = () => {
  const asked: { name: string; answer: () => void }[] = [];
  const resolve: Resolve = (name, _, done) => {
    asked.push({
      name,
      answer: () => {
        done(null, [{ address: '192.0.2.1', family: 4 }]);
      },
    });
  };
  return { asked, resolve };
};

const addressOf = (lookup: LookupFunction, name: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    lookup(name, {}, (error, address) => {
      if (error === null) resolve(address);
      else reject(error);
    });
  });

test('those who look up the same name at once share one answer', async () => {
  const { asked, resolve } = slowResolver();
  const lookup = createLookup(resolve);
  const answers = [addressOf(lookup, 'a.test'), addressOf(lookup, 'a.test')];
  assert.equal(asked.length, 1);
  asked[0]!.answer();
  assert.deepEqual(await Promise.all(answers), ['192.0.2.1', '192.0.2.1']);
});

test('a dead resolver never holds more than two of the four threads', async () => {
  const { asked, resolve } = slowResolver();
  const lookup = createLookup(resolve);
  const answers = ['a.test', 'b.test', 'c.test'].map((name) => addressOf(lookup, name));
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['a.test', 'b.test'],
  );
  asked[1]!.answer();
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['a.test', 'b.test', 'c.test'],
  );
  asked[0]!.answer();
  asked[2]!.answer();
  assert.equal((await Promise.all(answers)).length, 3);
});

test('an answer is not remembered: the next question is asked anew', async () => {
  const { asked, resolve } = slowResolver();
  const lookup = createLookup(resolve);
  for (const round of [0, 1]) {
    const answer = addressOf(lookup, 'a.test');
    asked[round]!.answer();
    await answer;
  }
  assert.equal(asked.length, 2);
});

test('a name without an address is an error for everyone who asked', async () => {
  const lookup = createLookup((_, __, done) => {
    done(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  });
  await assert.rejects(addressOf(lookup, 'a.test'), { code: 'ENOTFOUND' });
});
