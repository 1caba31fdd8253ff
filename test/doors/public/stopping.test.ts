import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { DOOR_LIMITS, LAST_CHANCE_MS } from '../../../src/doors/public/limits.ts';
import { openPublicDoor } from '../../../src/doors/public/public.ts';
import type { Service } from '../../../src/doors/public/service.ts';

const MINUTE = 60_000;
const limits = { ...DOOR_LIMITS, idleMs: MINUTE, headMs: MINUTE, requestMs: MINUTE, stillMs: MINUTE };

/** A door whose service is this, its timers in the hands of the test. */
const open = async (t: TestContext, service: Partial<Service>) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { ports, stop } = await openPublicDoor({
    ...{ listen: [{ host: '127.0.0.1', port: 0 }], fastLane: true, reusePort: false, limits },
    service: () => service as Service,
    wall: () => 1_800_000_000_000,
    dropped: () => undefined,
    refused: () => undefined,
    journal: () => undefined,
  });
  return { port: ports[0] ?? 0, stop };
};

/** One that answers all by this. */
const openSite = (t: TestContext, site: Service['site']) =>
  open(t, { dispatch: () => undefined, takes: () => false, site });

const come = async (t: TestContext, port: number, words = ''): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined); // whoever is cut may be reset
  socket.write(words);
  await once(socket, 'connect');
  return socket;
};

const bounded = { timeout: 20_000 };

test('whoever says nothing is cut with the rest', bounded, async (t) => {
  const { port, stop } = await open(t, {});
  const silent = await come(t, port);
  const stopped = stop(0);
  t.mock.timers.tick(LAST_CHANCE_MS - 1);
  await stopped;
  silent.destroy();
});

test('who waits for an answer to his wish for another protocol is cut with the rest', bounded, async (t) => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const dispatch = () => {
    resolve(undefined);
    return new Promise<undefined>(() => undefined);
  };
  const { port, stop } = await open(t, { dispatch, takes: () => false });
  await come(
    t,
    port,
    'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  await promise;
  const stopped = stop(0);
  t.mock.timers.tick(LAST_CHANCE_MS - 1);
  await stopped;
});

test('a connection whose answer ends while the door closes does not stand by', bounded, async (t) => {
  const responses: ServerResponse[] = [];
  const site: Service['site'] = (_request, response) => {
    responses.push(response);
    response.writeHead(200).write('begun');
  };
  const { port, stop } = await openSite(t, site);
  const visitor = await come(t, port, 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  await once(visitor, 'data');
  const stopped = stop(MINUTE);
  t.mock.timers.tick(LAST_CHANCE_MS);
  const [response] = responses;
  response?.end();
  await once(response ?? assert.fail(), 'close');
  t.mock.timers.tick(100);
  await stopped;
});

const QUESTION = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

test(
  'whoever asks before a door closes, or while it does, hears that the answer is the last',
  bounded,
  async (t) => {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    const site: Service['site'] = (request, response) => {
      if (request.url === '/slow') resolve(response);
      else response.end('at once');
    };
    const { port, stop } = await openSite(t, site);
    const [early, late] = [
      await come(t, port, QUESTION.replace('/', '/slow')),
      await come(t, port, QUESTION),
    ];
    assert.match(String(await once(late, 'data')), /\r\nConnection: keep-alive\r\n/);
    const response = await promise;
    const stopped = stop(MINUTE);
    late.write(QUESTION);
    assert.match(String(await once(late, 'data')), /\r\nConnection: close\r\n[^]*at once$/);
    response.end('in the end');
    assert.match(String(await once(early, 'data')), /\r\nConnection: close\r\n[^]*in the end$/);
    await stopped;
  },
);

test(
  'whose answer began before a door closed, and did not say that it is the last, may ask once more',
  bounded,
  async (t) => {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    const site: Service['site'] = (request, response) => {
      if (request.url !== '/slow') response.end('once more');
      else {
        response.writeHead(200, { 'content-length': 5 }).write('begun');
        resolve(response);
      }
    };
    const { port, stop } = await openSite(t, site);
    const visitor = await come(t, port, QUESTION.replace('/', '/slow'));
    assert.match(String(await once(visitor, 'data')), /begun$/);
    const stopped = stop(MINUTE);
    t.mock.timers.tick(LAST_CHANCE_MS);
    const response = await promise;
    response.end();
    await once(response, 'close');
    t.mock.timers.tick(LAST_CHANCE_MS / 2);
    visitor.write(QUESTION);
    assert.match(String(await once(visitor, 'data')), /\r\nConnection: close\r\n[^]*once more$/);
    await stopped;
  },
);
