import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { DOOR_LIMITS } from '../../../src/doors/public/limits.ts';
import { createOwed } from '../../../src/doors/public/owed.ts';
import { openPublicDoor } from '../../../src/doors/public/public.ts';
import type { Service } from '../../../src/doors/public/service.ts';

const get = (path: string): string => `GET /${path} HTTP/1.1\r\nHost: a.example\r\n\r\n`;
/** A request whose body has only begun. */
const half = 'POST /half HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\n12345';

/** Sends all at once over one connection to a server that answers nothing by itself; what it owes, once it has read so many. */
const owing = async (t: TestContext, sent: string, requests: number) => {
  const owed = createOwed();
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    owed.note(request.socket, response);
    responses.push(response);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1');
  visitor.resume();
  visitor.write(sent);
  const [socket] = (await once(server, 'connection')) as [Socket];
  while (responses.length < requests) await once(server, 'request');
  let isSettled = false;
  owed.settled(socket, () => {
    isSettled = true;
  });
  const [first, second, third] = responses;
  assert.ok(first !== undefined);
  const finish = async (response = first): Promise<boolean> => {
    response.end('answer');
    await once(response, 'close');
    return isSettled;
  };
  return { ...{ owed, socket, first, second, third, finish }, isSettled: () => isSettled };
};

test('of three requests that came at once, all are answered before it goes on', async (t) => {
  const { owed, socket, second, third, finish, isSettled } = await owing(
    t,
    get('1') + get('2') + get('3'),
    3,
  );
  assert.deepEqual(
    [isSettled(), await finish(), await finish(second), await finish(third)],
    [...[false, false, false, true]],
  );
  let isFree = false;
  owed.settled(socket, () => {
    isFree = true;
  });
  assert.ok(isFree, 'nothing is owed any more: it goes on at once');
});

test('nobody waits for the answer to a request that is not whole', async (t) => {
  const { finish } = await owing(t, get('whole') + half, 2);
  assert.equal(await finish(), true);
  const { isSettled } = await owing(t, half, 1);
  assert.equal(isSettled(), true);
});

test('an answer has begun from its head to its end; one that waits for its turn has not', async (t) => {
  const { owed, socket, first, second, finish } = await owing(t, get('1') + get('2'), 2);
  second?.writeHead(200);
  assert.equal(owed.hasBegun(socket), false);
  first.writeHead(200).write('begun');
  assert.equal(owed.hasBegun(socket), true);
  await finish();
  assert.equal(owed.hasBegun(socket), true, 'now it is the turn of the second');
  await finish(second);
  assert.equal(owed.hasBegun(socket), false);
});

test('garbage behind an answer that has begun ends it, and puts no other head into it', async (t) => {
  const service = {
    dispatch: () => undefined,
    site: (_request, response) => {
      response.writeHead(200).write('begun');
    },
  } satisfies Partial<Service>;
  const refused: string[] = [];
  const { ports, stop } = await openPublicDoor({
    ...{ listen: [{ host: '127.0.0.1', port: 0 }], fastLane: false, reusePort: false, limits: DOOR_LIMITS },
    service: () => service as unknown as Service,
    wall: () => 1_800_000_000_000,
    dropped: () => undefined,
    refused: (status) => refused.push(status),
    journal: () => undefined,
  });
  t.after(() => stop(0));
  const chunked = 'POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n';
  const visitor = connect(ports[0] ?? 0, '127.0.0.1');
  let text = '';
  visitor.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  visitor.write(chunked);
  while (!text.includes('begun')) await once(visitor, 'data');
  visitor.write('GARBAGE\r\n');
  await once(visitor, 'close');
  assert.match(text, /^HTTP\/1\.1 200 .*\r\n\r\n5\r\nbegun\r\n$/s);
  assert.deepEqual(refused, []);
});
