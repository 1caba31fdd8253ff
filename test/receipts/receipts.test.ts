import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { networkOf } from '../../src/model/network.ts';
import { readReceipt } from '../../src/receipts/read-receipt.ts';
import { allocateReceipts, openReceipts, type Receipts } from '../../src/receipts/receipts.ts';
import { nonces } from '../../src/receipts/nonces.ts';

const HERE = '203.0.113.9';
const NEXT_DOOR = '203.0.113.77';
const ELSEWHERE = '198.51.100.9';

/** Receipts by a clock that stands until it is moved. */
const atRest = (): Receipts & {
  readonly move: (seconds: number) => void;
  readonly again: () => Receipts;
} => {
  let now = 1_764_000_000_000;
  const memory = allocateReceipts();
  const open = (): Receipts => openReceipts(memory, { wall: () => now, nonce: nonces() });
  return {
    ...open(),
    again: open,
    move: (seconds) => {
      now += seconds * 1000;
    },
  };
};

const handOut = (receipts: Receipts, address = HERE): string => {
  const slip = receipts.handOut(address, { slots: [3, 5], isBinding: true });
  assert.ok(slip !== undefined);
  return slip;
};

/** What a network knows, by slot. */
const knownAt = ({ atlas }: Receipts, address: string): Readonly<Record<number, number>> => {
  const row = atlas.find(address);
  if (row === -1) return {};
  return Object.fromEntries(
    Array.from({ length: atlas.places }, (_, place) => [
      atlas.slotAt(row, place),
      atlas.msAt(row, place),
    ]).filter(([slot]) => slot !== -1),
  ) as Record<number, number>;
};

const tell = (receipts: Receipts, measures: string, address = HERE): ReturnType<Receipts['takeIn']> =>
  receipts.takeIn(`${handOut(receipts, address)}.1.${measures}`, address);

describe('a receipt', () => {
  it('tells where the visitor went, and his whole network learns what he measured', () => {
    const receipts = atRest();
    const taken = tell(receipts, '800.250');
    assert.ok(typeof taken === 'object');
    assert.equal(taken.went, 5);
    assert.deepEqual(knownAt(receipts, NEXT_DOOR), { 3: 80, 5: 25 });
    assert.deepEqual(knownAt(receipts, ELSEWHERE), {});
  });

  it('may come to another thread than its page came from', () => {
    const receipts = atRest();
    const slip = handOut(receipts);
    const other = receipts.again();
    assert.ok(typeof other.takeIn(`${slip}.0.10.20`, HERE) === 'object');
    assert.deepEqual(knownAt(receipts, HERE), { 3: 1, 5: 2 });
  });

  it('counts once, for a minute, and from the network that its page went to', () => {
    const receipts = atRest();
    const slip = handOut(receipts);
    assert.equal(receipts.takeIn(`${slip}.0.10.20`, ELSEWHERE), 'unknown');
    assert.ok(typeof receipts.takeIn(`${slip}.0.10.20`, NEXT_DOOR) === 'object');
    assert.equal(receipts.takeIn(`${slip}.0.10.20`, HERE), 'unknown');
    const late = handOut(receipts);
    receipts.move(61);
    assert.equal(receipts.takeIn(`${late}.0.10.20`, HERE), 'unknown');
  });

  it('counts among those before it, so that one lie after three honest ones moves little', () => {
    const receipts = atRest();
    for (const _ of [1, 2, 3]) {
      tell(receipts, '800.250');
      receipts.move(5);
    }
    const row = receipts.atlas.find(HERE);
    assert.deepEqual([receipts.atlas.countAt(row, 0), receipts.atlas.countAt(row, 1)], [3, 3]);
    tell(receipts, '1.250');
    const { 3: lied = NaN } = knownAt(receipts, HERE);
    assert.ok(lied > 80 * 0.8, `${lied} ms`);
  });

  it('that was made up counts for nothing', () => {
    const receipts = atRest();
    const slip = handOut(receipts);
    const [place, first = '', second = ''] = slip.split('-');
    for (const forged of [
      `${place}-${first}-0`,
      `${place}-0-${second}`,
      `${place}-1-${second}`,
      `1-${first}-${second}`,
      `zzz-${first}-${second}`,
      `${place}-${second}-${first}`,
    ]) {
      assert.equal(receipts.takeIn(`${forged}.0.10.20`, HERE), 'unknown', forged);
    }
    assert.equal(receipts.takeIn(`${slip}.7.10.20`, HERE), 'unknown', 'nobody was named in that place');
    assert.deepEqual(knownAt(receipts, HERE), {});
  });

  it('that says of those whom the page did not name too is cut', () => {
    const receipts = atRest();
    tell(receipts, '10.20.30.40');
    assert.deepEqual(knownAt(receipts, HERE), { 3: 1, 5: 2 });
  });

  it('is read only in its own form, whatever comes', () => {
    const sound = readReceipt('1-a-b.1.n.-23.45.x');
    assert.deepEqual(sound?.measured, [
      undefined,
      { ms: 2.3, isAtLeast: true },
      { ms: 4.5, isAtLeast: false },
      { ms: 10_000, isAtLeast: false },
    ]);
    for (const text of [
      '',
      '.',
      '1-a-b',
      '1-a-b.',
      '1-a-b.1.',
      '1-a-b.1.1e9',
      '1-a-b.1.99999999',
      `1-a-b.1${'.1'.repeat(17)}`,
      '1-a-b.1.NaN',
      '1-a-b.1.-x',
    ]) {
      assert.equal(readReceipt(text), undefined, text);
    }
    const receipts = atRest();
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (query) => {
        assert.ok(typeof receipts.takeIn(query, HERE) === 'string');
      }),
    );
  });
});

describe('where a visitor went', () => {
  it('counts within ten seconds, and for a network only so often, whatever else it may tell', () => {
    const receipts = atRest();
    const isMoved = (measures: string, address = HERE): boolean => {
      const taken = tell(receipts, measures, address);
      return typeof taken === 'object' && taken.isMoved;
    };
    const moved = Array.from({ length: 100 }, () => isMoved('n.n')).filter(Boolean);
    assert.equal(moved.length, 16);
    assert.ok(isMoved('n.n', ELSEWHERE));
    receipts.move(60);
    assert.ok(isMoved('n.n'));
    const late = handOut(receipts, ELSEWHERE);
    receipts.move(11);
    const taken = receipts.takeIn(`${late}.1.n.n`, ELSEWHERE);
    assert.ok(typeof taken === 'object' && !taken.isMoved && taken.stub.ageMs === 11_000);
    const stayed = receipts.takeIn(`${handOut(receipts)}.0.n.n`, HERE);
    assert.ok(typeof stayed === 'object' && !stayed.isMoved);
  });
});

describe('an estimate', () => {
  const settle = (receipts: ReturnType<typeof atRest>, measures: string, times: number): void => {
    for (let n = 0; n < times; n += 1) {
      receipts.move(2);
      tell(receipts, measures);
    }
  };

  it('is moved by one lie to its double at most, and back by a few honest ones', () => {
    const receipts = atRest();
    settle(receipts, '200.400', 10);
    receipts.move(2);
    tell(receipts, '99999.400');
    assert.ok((knownAt(receipts, HERE)[3] ?? 0) <= 40);
    settle(receipts, '200.400', 6);
    assert.ok(Math.abs((knownAt(receipts, HERE)[3] ?? 0) - 20) < 1);
  });

  it('follows a lasting change, also after a first lie', () => {
    const receipts = atRest();
    tell(receipts, '90000.10');
    settle(receipts, '200.400', 60);
    const { 3: three = 0, 5: five = 0 } = knownAt(receipts, HERE);
    assert.ok(Math.abs(three - 20) < 1 && Math.abs(five - 40) < 1);
  });

  it('hears of a network only so much at once, so that nobody outshouts his neighbours', () => {
    const receipts = atRest();
    settle(receipts, '200.400', 4);
    receipts.move(60);
    const learned = Array.from({ length: 100 }, () => tell(receipts, '9000.10')).filter(
      (taken) => typeof taken === 'object' && taken.isLearned,
    );
    assert.equal(learned.length, 8);
  });

  it('takes "not by then" for farther than that, and for no news where more is known', () => {
    const receipts = atRest();
    tell(receipts, '-100.100');
    assert.ok((knownAt(receipts, HERE)[3] ?? 0) > 14);
    const other = atRest();
    settle(other, '900.100', 3);
    tell(other, '-100.100');
    assert.equal(Math.round(knownAt(other, HERE)[3] ?? 0), 90);
  });

  it('is forgotten after a week, and when another secondary takes the row', () => {
    const receipts = atRest();
    tell(receipts, '10.20');
    receipts.atlas.forget(new Set([5]));
    assert.deepEqual(knownAt(receipts, HERE), { 3: 1 });
    receipts.move(8 * 24 * 3600);
    assert.deepEqual(knownAt(receipts, HERE), {});
  });
});

describe('an atlas', () => {
  it('stays as large as it is when a million networks tell, and keeps those that are known well', () => {
    const receipts = atRest();
    for (let n = 0; n < 8; n += 1) {
      tell(receipts, '200.400');
      receipts.move(2);
    }
    const before = process.memoryUsage();
    for (let n = 0; n < 1_000_000; n += 1) {
      receipts.atlas.learn(networkOf(`${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.1`), [
        { slot: 3, ms: 1 },
      ]);
    }
    const after = process.memoryUsage();
    assert.ok(after.arrayBuffers <= before.arrayBuffers);
    assert.deepEqual(Object.keys(knownAt(receipts, HERE)), ['3', '5']);
    let kept = 0;
    for (let part = 0; part < receipts.atlas.parts; part += 1) kept += receipts.atlas.pages(part).length;
    assert.ok(kept > 30_000 && kept <= 32_768, `${kept} networks`);
    assert.equal(receipts.atlas.networks(), kept);
    receipts.move(8 * 24 * 3600);
    assert.equal(receipts.atlas.networks(), 0);
  });

  it('full of networks that nobody has heard of for a week is open to others, and full of a day before nearly so', () => {
    const receipts = atRest();
    const many = (first: number, count: number): readonly string[] =>
      Array.from({ length: count }, (_, n) => `${first + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.1`);
    const learn = (addresses: readonly string[]): void => {
      for (const address of addresses) {
        receipts.atlas.learn(networkOf(address), [
          { slot: 3, ms: 20 },
          { slot: 5, ms: 40 },
        ]);
      }
    };
    const areKnown = (addresses: readonly string[]): number =>
      addresses.filter((address) => Object.keys(knownAt(receipts, address)).length === 2).length;
    const crowd = many(20, 60_000);
    for (let n = 0; n < 4; n += 1) learn(crowd);
    const newcomers = many(100, 8000);
    learn(newcomers);
    assert.ok(areKnown(newcomers) < 4500, 'whoever is known well just now stays');
    receipts.move(30 * 3600);
    for (const address of newcomers) receipts.atlas.note(address);
    learn(newcomers);
    assert.ok(areKnown(newcomers) > 7900, `${areKnown(newcomers)} are known a day later`);
    receipts.move(8 * 24 * 3600);
    const others = many(150, 8000);
    learn(others);
    assert.ok(areKnown(others) > 7900, `${areKnown(others)} are known a week later`);
  });

  it('hands out pages for ever: those that nobody answers make room', () => {
    const receipts = atRest();
    const first = handOut(receipts);
    for (let n = 0; n < 8192; n += 1) handOut(receipts);
    assert.equal(receipts.takeIn(`${first}.0.10.20`, HERE), 'unknown');
    assert.ok(typeof tell(receipts, '10.20') === 'object');
  });
});
