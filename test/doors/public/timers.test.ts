import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { allocateTurnout, openTurnout } from '../../../src/doors/public/turnout.ts';
import { makeCertificate } from '../../real/certificate.ts';
import { freePort } from '../../real/port.ts';
import { tempFolder } from '../../real/program.ts';
import { openDoor, plainSettings } from '../a-door.ts';

const HOST = '127.0.0.1';

const makePair = async (t: TestContext) => {
  const { cert, key } = await makeCertificate('DNS:a.example');
  const { folder, remove } = await tempFolder({ 'cert.pem': cert, 'key.pem': key });
  t.after(remove);
  return { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
};

/** How many intervals were begun from now on, and how many of them go on. */
const watchIntervals = (t: TestContext) => {
  const begun = t.mock.method(globalThis, 'setInterval');
  const ended = t.mock.method(globalThis, 'clearInterval');
  return () => {
    const all = begun.mock.calls.map(({ result }) => result);
    const over = new Set(ended.mock.calls.map(({ arguments: [timer] }) => timer));
    return { begun: all.length, on: all.filter((timer) => !over.has(timer)).length };
  };
};

test('a door that is stopped does nothing any more', async (t) => {
  const listen = [
    { host: HOST, port: 0 },
    { host: HOST, port: 0, tls: await makePair(t) },
  ];
  const intervals = watchIntervals(t);
  const shared = { most: () => 100, turnout: openTurnout(allocateTurnout(1)), thread: 0, threads: 1 };
  const { door } = await openDoor(t, { fastLane: true, settings: plainSettings({ listen }), shared });
  assert.deepEqual(intervals(), { begun: 3, on: 3 }, 'the lane, the certificate and the places');
  await door.stop(0);
  assert.equal(intervals().on, 0);
});

test('a door that cannot open one of its listeners opens none and leaves nothing behind', async (t) => {
  const taken = createServer().listen(0, HOST);
  t.after(() => taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  const takenPort = typeof address === 'object' && address !== null ? address.port : 0;
  const port = await freePort();
  const listen = [
    { host: HOST, port },
    { host: HOST, port: takenPort, tls: await makePair(t) },
  ];
  const intervals = watchIntervals(t);
  await assert.rejects(openDoor(t, { fastLane: true, settings: plainSettings({ listen }) }), /taken/);
  assert.deepEqual(intervals(), { begun: 2, on: 0 });
  await assert.rejects(once(connect(port, HOST), 'connect'), { code: 'ECONNREFUSED' });
});
