import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { allocateReceipts, openReceipts } from '../../../src/receipts/receipts.ts';
import { openDoor, plainSettings } from '../a-door.ts';
import { exchange } from '../exchange.ts';

const HERE = '127.0.0.1';
const PAGE = { slots: [0, 1], isBinding: true };

/** A door that takes receipts in, and how to get one page's slip after the other: of every such door the same. */
const openTaker = async (
  t: TestContext,
  options: { readonly fastLane: boolean; readonly behindProxy?: boolean },
) => {
  let drawn = 0;
  const receipts = openReceipts(allocateReceipts(), {
    wall: () => 1_800_000_000_000,
    nonce: () => [(drawn += 1), 77],
  });
  const settings = plainSettings(options.behindProxy === true ? { trustProxies: ['127.0.0.1/32'] } : {});
  const door = await openDoor(t, { fastLane: options.fastLane, settings, receipts });
  return { ...door, receipts, slip: (from = HERE) => receipts.handOut(from, PAGE) ?? '' };
};

const headOf = (slip: string, more = 'Content-Length: 0\r\n'): string =>
  `POST /.usher/receipt?${slip}.1.200.100 HTTP/1.1\r\nHost: a.example\r\n${more}\r\n`;
const END = 'GET /end HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n';

/** What comes instead of a good receipt, and whether it is taken in all the same; each with a slip of its own. */
const corpus: Readonly<Record<string, readonly [isTaken: boolean, bytes: (slip: string) => string]>> = {
  'a good one': [true, (slip) => headOf(slip)],
  'one without a length': [true, (slip) => headOf(slip, '')],
  'one with a type': [true, (slip) => headOf(slip, 'Content-Length: 0\r\nContent-Type: text/plain\r\n')],
  'one of a page of another origin': [true, (slip) => headOf(slip, 'Origin: http://evil.example\r\n')],
  'one that comes twice': [true, (slip) => headOf(slip) + headOf(slip)],
  'one with a body': [true, (slip) => `${headOf(slip, 'Content-Length: 5\r\n')}hello`],
  'one with a huge body': [true, (slip) => headOf(slip, `Content-Length: ${'9'.repeat(15)}\r\n`)],
  'one in chunks': [
    true,
    (slip) => `${headOf(slip, 'Transfer-Encoding: chunked\r\n')}5\r\nhello\r\n0\r\n\r\n`,
  ],
  'one that waits for leave': [true, (slip) => headOf(slip, 'Expect: 100-continue\r\nContent-Length: 5\r\n')],
  'a forged one': [false, (slip) => headOf(slip.replace('77', '78').replace(/-\w+$/, '-1'))],
  'one of another form': [false, (slip) => headOf(`${slip}.x.${'1'.repeat(5000)}`)],
  'one with two lengths': [false, (slip) => headOf(slip, 'Content-Length: 0\r\nContent-Length: 5\r\n')],
  'one with the same length twice': [
    false,
    (slip) => headOf(slip, 'Content-Length: 0\r\nContent-Length: 0\r\n'),
  ],
  'one with a length that is none': [false, (slip) => headOf(slip, 'Content-Length: zero\r\n')],
  'one for two hosts': [false, (slip) => headOf(slip, 'Host: b.example\r\n')],
  'one by GET': [false, (slip) => headOf(slip).replace('POST', 'GET')],
  'one by PUT': [false, (slip) => headOf(slip).replace('POST', 'PUT')],
  'one in absolute form': [false, (slip) => headOf(slip).replace(' /', ' http://a.example/')],
  'one behind two slashes': [false, (slip) => headOf(slip).replace(' /', ' //')],
};

test('a receipt is treated alike in both lanes, byte for byte, whole and in pieces', async (t) => {
  const fast = await openTaker(t, { fastLane: true });
  const node = await openTaker(t, { fastLane: false });
  for (const [name, [isTaken, bytes]] of Object.entries(corpus)) {
    for (const cut of [undefined, 30]) {
      const slip = fast.slip();
      assert.equal(slip, node.slip());
      const counted = [fast, node].map(({ ledger }) => ledger.counted('receipt'));
      const whole = bytes(slip) + END;
      const pieces = cut === undefined ? [whole] : [whole.slice(0, cut), whole.slice(cut)];
      const [one, other] = await Promise.all([exchange(fast.port, pieces), exchange(node.port, pieces)]);
      const plain = (text: string): string => text.replace(/^Date: .*$/gm, 'Date');
      assert.equal(plain(one), plain(other), name);
      assert.equal(/^HTTP\/1\.1 200 /.test(one), isTaken, `${name}: ${one}`);
      const taken = [fast, node].map(({ ledger }, at) => ledger.counted('receipt') - (counted[at] ?? 0));
      assert.deepEqual(taken, isTaken ? [1, 1] : [0, 0], name);
    }
  }
  for (const { receipts } of [fast, node]) assert.equal(receipts.atlas.networks(), 1);
  assert.deepEqual([...fast.bugs, ...node.bugs], []);
});

for (const fastLane of [true, false]) {
  const lane = fastLane ? 'with' : 'without';

  test(`a receipt that comes through a trusted proxy is its visitor's, ${lane} the fast lane`, async (t) => {
    const { port, slip } = await openTaker(t, { fastLane, behindProxy: true });
    const name = slip('203.0.113.9');
    const ask = (from: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${String(port)}/.usher/receipt?${name}.1.20.10`, {
        method: 'POST',
        headers: { 'X-Forwarded-For': from },
      });
    assert.equal((await ask('198.51.100.9')).status, 404);
    const { status, headers } = await ask('203.0.113.9');
    assert.equal(status, 200);
    assert.match(headers.get('set-cookie') ?? '', /^usher=web8087\./);
  });

  test(`a receipt that breaks off is none, ${lane} the fast lane`, async (t) => {
    const { port, ledger, slip, receipts } = await openTaker(t, { fastLane });
    const name = slip();
    const sentOff = headOf(name).slice(0, -2);
    assert.doesNotMatch(await exchange(port, [sentOff], { ends: true }), /^HTTP\/1\.1 200/);
    assert.equal(ledger.counted('receipt'), 0);
    assert.ok(typeof receipts.takeIn(`${name}.1.200.100`, HERE) === 'object', 'it still counts for the page');
  });

  test(`a flood of receipts from everywhere, forged and true, takes no more memory and keeps nobody out, ${lane} the fast lane`, async (t) => {
    const { port, ledger, slip, receipts, bugs } = await openTaker(t, { fastLane, behindProxy: !fastLane });
    const from = (n: number): string =>
      fastLane ? HERE : `${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.9`;
    const send = async (count: number, slipOf: (n: number) => string): Promise<void> => {
      for (let n = 0; n < count; n += 500) {
        const heads = Array.from({ length: 500 }, (_, at) =>
          headOf(slipOf(n + at), `X-Forwarded-For: ${from(n + at)}\r\nContent-Length: 0\r\n`),
        );
        await exchange(port, [heads.join('') + END]);
      }
    };
    const name = slip(from(0));
    await send(1000, () => '1-a-b');
    const before = { ...process.memoryUsage(), heapUsed: heapAfterGc() };
    await send(10_000, (n) => `${(n % 8192).toString(36)}-${n.toString(36)}-b`);
    assert.equal(ledger.counted('receipt-refused'), 11_000);
    assert.equal(receipts.atlas.networks(), 0);
    assert.match(
      await exchange(port, [headOf(name, `X-Forwarded-For: ${from(0)}\r\n`) + END]),
      /^HTTP\/1\.1 200/,
    );
    await send(2000, (n) => slip(from(n)));
    assert.equal(ledger.counted('receipt'), 2001);
    assert.ok(process.memoryUsage().arrayBuffers <= before.arrayBuffers + 1_000_000);
    assert.ok(heapAfterGc() < before.heapUsed + 8_000_000);
    assert.deepEqual(bugs, []);
  });
}

/** Bytes that are really in use. */
const heapAfterGc = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};
