import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { systemClock } from '../../../src/clock.ts';
import { allocateDepartures } from '../../../src/dispatch/boomerang.ts';
import { allocateDecisions } from '../../../src/dispatch/diary/decisions.ts';
import { allocateLedger, openLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { allocateRolls } from '../../../src/dispatch/ledger/rolls.ts';
import { allocateTurnout } from '../../../src/doors/public/turnout.ts';
import { packConfig } from '../../../src/doors/threads/config-parcel.ts';
import type { FromThread, ThreadConfig } from '../../../src/doors/threads/messages.ts';
import { runThread } from '../../../src/doors/threads/thread.ts';
import { allocateBudget } from '../../../src/relay/budget.ts';
import { until } from '../../outside/until.ts';
import { plainSettings } from '../a-door.ts';

interface Wishes {
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly accessLog?: string;
}

/** Runs a thread with one listener. */
const run = (t: TestContext, { tls, accessLog }: Wishes = {}) => {
  const shape = { threads: 1, slots: 16 };
  const config: ThreadConfig = {
    settings: plainSettings({
      listen: [{ host: '127.0.0.1', port: 0, ...(tls && { tls }) }],
      ...(accessLog !== undefined && { accessLog }),
    }),
    slots: new Map([
      ['web8086', 0],
      ['web8087', 1],
    ]),
    ledger: { memory: allocateLedger(shape), shape },
    rolls: allocateRolls(),
    departures: allocateDepartures(),
    budget: allocateBudget(1),
    connections: { most: 100, turnout: allocateTurnout(1) },
    secrets: [Buffer.alloc(32, 7)],
    diary: { memory: allocateDecisions(), run: '', edition: 0 },
  };
  const { port1: port, port2 } = new MessageChannel();
  t.after(() => {
    port.close();
  });
  const said: FromThread[] = [];
  port.on('message', (message: FromThread) => said.push(message));
  const start = { thread: 0, reusePort: false, ticketKeys: Buffer.alloc(48), config };
  const running = runThread({ start, port: port2, clock: systemClock(), dice: () => 0.5 });
  return { port, said, running, config, closed: once(port, 'close') };
};

test(
  'a thread that is to stop while it opens its door stops once that is open',
  { timeout: 20_000 },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-thread-'));
    t.after(() => rm(folder, { recursive: true }));
    const [cert, key, slow] = [join(folder, 'cert.pem'), join(folder, 'key.pem'), join(folder, 'slow.pem')];
    const made = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout ${key} -out ${cert}`;
    execFileSync('openssl', made.split(' '), { stdio: 'ignore' });
    // Whoever reads it waits until somebody writes.
    execFileSync('mkfifo', [slow]);

    const { port, said, running, closed } = run(t, { tls: { cert: slow, key } });
    port.postMessage({ type: 'stop', graceMs: 0 });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await writeFile(slow, await readFile(cert));
    await running;
    await closed;
    assert.deepEqual(
      said.map(({ type }) => type),
      ['open', 'stopped'],
    );
  },
);

for (const isToStop of [false, true]) {
  const when = isToStop ? ', though it is to stop meanwhile' : '';
  test(
    `a thread that cannot open its door says why and is no more${when}`,
    { timeout: 20_000 },
    async (t) => {
      const { port, said, running, closed } = run(t, {
        tls: { cert: '/nonexistent/cert.pem', key: '/nonexistent/key' },
      });
      if (isToStop) port.postMessage({ type: 'stop', graceMs: 0 });
      await running;
      await closed;
      assert.match(
        said[0]?.type === 'failed' ? said[0].what : '',
        /nonexistent\/(cert\.pem|key) cannot be read/,
      );
      assert.deepEqual(
        said.map(({ type }) => type),
        ['failed', 'stopped'],
      );
    },
  );
}

test('what is refused counts in the ledger of now, also after it grew', { timeout: 20_000 }, async (t) => {
  const { port, said, running, config, closed } = run(t);
  await running;
  const shape = { threads: 1, slots: 32 };
  const ledger = { memory: allocateLedger(shape), shape };
  port.postMessage({ type: 'config', parcel: packConfig({ ...config, ledger }, config) });
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const [open] = said;
  assert.ok(open?.type === 'open');
  const socket = connect({ port: open.ports[0] ?? 0, host: '127.0.0.1' });
  socket.end('no HTTP\r\n\r\n');
  await once(socket.resume(), 'close');
  assert.equal(openLedger(ledger.memory, shape, 0).counted('400'), 1);
  port.postMessage({ type: 'stop', graceMs: 0 });
  await closed;
});

test(
  'the log that an edit brings takes the lines from then on, and is closed at the end',
  { timeout: 20_000 },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'usher-thread-'));
    t.after(() => rm(folder, { recursive: true }));
    // What cannot be written is told when a log is closed: the lines that waited in it.
    const before = join(folder, 'missing', 'before.log');
    const after = join(folder, 'missing', 'after.log');
    const { port, said, running, config, closed } = run(t, { accessLog: before });
    await running;
    await until(() => said.some(({ type }) => type === 'open'));
    const open = said.find(({ type }) => type === 'open');
    assert.ok(open?.type === 'open');
    const placeOf = async (): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${open.ports[0] ?? 0}/x`, { redirect: 'manual' });
      return answer.headers.get('location') ?? '';
    };
    assert.match(await placeOf(), /:8086\/x$/);

    const settings = {
      ...config.settings,
      accessLog: after,
      secondaries: config.settings.secondaries.slice(1),
    };
    port.postMessage({ type: 'config', parcel: packConfig({ ...config, settings }, config) });
    let visits = 1;
    await until(async () => {
      visits += 1;
      return (await placeOf()).endsWith(':8087/x');
    });
    const lost = () =>
      Object.fromEntries(
        said.flatMap((message) =>
          message.type === 'event' && message.event.type === 'access-log-closed'
            ? [[message.event.file, message.event.lost]]
            : [],
        ),
      );
    await until(() => before in lost());
    assert.deepEqual(lost(), { [before]: visits - 1 });
    port.postMessage({ type: 'stop', graceMs: 0 });
    await closed;
    assert.deepEqual(lost(), { [before]: visits - 1, [after]: 1 });
  },
);
