import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nonces } from '../../src/receipts/nonces.ts';
import { allocateReceipts, openReceipts } from '../../src/receipts/receipts.ts';
import { openDoor, plainSettings } from './a-door.ts';

for (const fastLane of [true, false]) {
  test(`a receipt that comes through a trusted proxy is its visitor's, ${fastLane ? 'with' : 'without'} the fast lane`, async (t) => {
    const receipts = openReceipts(allocateReceipts(), { wall: () => 1_800_000_000_000, nonce: nonces() });
    const settings = plainSettings({ trustProxies: ['127.0.0.1/32'] });
    const { port } = await openDoor(t, { fastLane, settings, receipts });
    const name = receipts.handOut('203.0.113.9', { slots: [0, 1], isBinding: true }) ?? '';
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
}
