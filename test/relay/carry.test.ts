import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { Dispatcher } from 'undici';
import { carry } from '../../src/relay/carry.ts';
import type { Journey } from '../../src/relay/freight.ts';
import { connection } from './connection.ts';

/** A handshake that is carried, and what the secondary says of it as the test would have it. */
const carriedHandshake = (near: Socket) => {
  const request = new IncomingMessage(near);
  const response = new ServerResponse(request);
  response.assignSocket(near);
  let handler: Dispatcher.DispatchHandler | undefined;
  const aborted = Promise.withResolvers<undefined>();
  const controller = {
    abort: () => {
      aborted.resolve(undefined);
    },
    pause: () => undefined,
    resume: () => undefined,
  } as unknown as Dispatcher.DispatchController;
  const journey = {
    freight: { request, visit: { target: '/ws', method: 'GET' } },
    pool: {
      dispatch: (_: unknown, given: Dispatcher.DispatchHandler) => {
        handler = given;
      },
    },
    passage: { take: (bytes: number) => ({ bytes, waitMs: 0 }) },
    onward: [],
    backward: () => [],
    idleMs: 60_000,
    answerMs: 30_000,
  } as unknown as Journey;
  const passed = carry(response, journey, {
    clock: { now: () => 0, wall: () => 0 },
    open: () => assert.fail('the secondary took it'),
  });
  handler?.onRequestStart?.(controller, {});
  handler?.onResponseStart?.(controller, 403, {}, 'Forbidden');
  const say = (bytes: Buffer): void => handler?.onResponseData?.(controller, bytes);
  return { passed, say, aborted: aborted.promise };
};

for (const [who, isRead] of [
  ['whose secondary never comes to its end', true],
  ['who does not read it, and speaks on himself', false],
] as const) {
  test(`the refusal of a WebSocket holds nobody for longer than a silence may be: one ${who}`, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { near, far } = await connection(t);
    near.on('error', () => undefined); // whoever is cut may be reset
    const { passed, say, aborted } = carriedHandshake(near);
    const goOn = async (bytes: Buffer): Promise<void> => {
      say(bytes);
      if (isRead) await once(far, 'data');
      else await new Promise((resolve) => far.write('more', resolve));
    };
    await goOn(isRead ? Buffer.from('more') : Buffer.alloc(16_000_000));
    t.mock.timers.tick(59_999);
    await goOn(Buffer.from('more'));
    assert.equal(near.destroyed, false);
    t.mock.timers.tick(1);
    assert.equal(near.destroyed, true);
    await aborted;
    const { kind, ...sent } = await passed;
    assert.deepEqual([kind, sent], ['done', { status: 403, bytes: isRead ? 8 : 16_000_004 }]);
  });
}
