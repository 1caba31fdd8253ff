import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { DOOR_LIMITS, LAST_CHANCE_MS, type DoorLimits } from '../../../src/doors/public/limits.ts';
import { makeCertificate } from '../../real/certificate.ts';
import { tempFolder } from '../../real/program.ts';
import { openDoor, plainSettings } from '../a-door.ts';

const QUESTION = 'GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n';
/** The first bytes of a handshake that would be 512 long. */
const HALF_HELLO = Buffer.from('160301020001', 'hex');
const HOST = '127.0.0.1';
const MINUTE = 60_000;
/** Nobody is shown out before the door closes. */
const UNHURRIED = { idleMs: MINUTE, headMs: MINUTE, requestMs: MINUTE, stillMs: MINUTE };

/** A door with one listener behind TLS. */
const openSecure = async (t: TestContext, limits: Partial<DoorLimits>) => {
  const { folder, remove } = await tempFolder(await makePair());
  t.after(remove);
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const settings = plainSettings({ listen: [{ host: HOST, port: 0, tls }] });
  return openDoor(t, { fastLane: true, settings, limits: { ...DOOR_LIMITS, ...limits } });
};

const makePair = async () => {
  const { cert, key } = await makeCertificate('DNS:a.example');
  return { 'cert.pem': cert, 'key.pem': key };
};

const come = async (t: TestContext, port: number, firstWords: Buffer | string = ''): Promise<Socket> => {
  const socket = connect({ port, host: HOST });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined); // whoever is cut may be reset
  await once(socket, 'connect');
  socket.write(firstWords);
  socket.resume();
  return socket;
};

const secure = async (t: TestContext, port: number): Promise<TLSSocket> => {
  const socket = connectTls({ port, host: HOST, rejectUnauthorized: false });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
};

const gone = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve));

const bounded = { timeout: 20_000 };

test('who never ends his handshake is shown out and leaves his place to others', bounded, async (t) => {
  const { port, ledger } = await openSecure(t, { headMs: 200, mostConnections: 3 });
  const slow = await Promise.all(['', HALF_HELLO, HALF_HELLO].map((words) => come(t, port, words)));
  // Each byte that drips is a sign of life, and of nothing more.
  const drip = setInterval(() => slow[2]?.write('x'), 20);
  t.after(() => {
    clearInterval(drip);
  });
  await Promise.all(slow.map(gone));
  const visitor = await secure(t, port);
  visitor.write(QUESTION);
  const [answer] = (await once(visitor, 'data')) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 302 /);
  assert.equal(ledger.counted('400'), 0, 'nobody was told anything');
});

test('a door that closes does not wait for who has not asked anything over TLS', bounded, async (t) => {
  const { port, door } = await openSecure(t, UNHURRIED);
  const silent = [await come(t, port), await come(t, port, HALF_HELLO), await secure(t, port)];
  const late = await secure(t, port);
  const stopped = door.stop(MINUTE);
  const answered = once(late, 'data') as Promise<[Buffer]>;
  late.write(QUESTION);
  assert.match(String(await answered), /^HTTP\/1\.1 302 [^]*\r\nConnection: close\r\n/);
  await stopped;
  for (const socket of silent) socket.destroy();
});

test('a door that cuts what is open cuts handshakes too', bounded, async (t) => {
  const { port, door } = await openSecure(t, UNHURRIED);
  await come(t, port);
  await come(t, port, HALF_HELLO);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stopped = door.stop(0);
  t.mock.timers.tick(LAST_CHANCE_MS - 1);
  await stopped;
});

test('who is in the middle of a question over TLS while the door closes may end it', bounded, async (t) => {
  const { port, door } = await openSecure(t, UNHURRIED);
  const visitor = await secure(t, port);
  let text = '';
  visitor.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  visitor.write(QUESTION + QUESTION.slice(0, -2));
  await once(visitor, 'data');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stopped = door.stop(MINUTE);
  t.mock.timers.tick(LAST_CHANCE_MS);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const closed = gone(visitor);
  visitor.write('\r\n');
  await closed;
  assert.equal(text.split('HTTP/1.1 302 ').length - 1, 2);
  await stopped;
});
