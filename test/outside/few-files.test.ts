import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { freePort } from '../real/port.ts';
import { askRaw, requestText } from './raw.ts';
import { startUsher } from './usher.ts';

/** Comes, asks and stays. Resolves with whether he was answered, or closed unheard. */
const visit = (t: TestContext, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    t.after(() => socket.destroy());
    socket.on('error', () => undefined); // whoever is turned away may be reset
    socket.once('data', () => {
      resolve(true);
    });
    socket.once('close', () => {
      resolve(false);
    });
    socket.write('GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n');
  });

const FILES = 400;
const wrapper = ['prlimit', `--nofile=${FILES}:${FILES}`];
/** All come at once, and all at the second of two listeners. */
const VISITORS = 700;
/** What the primary has open beside connections leaves more than this of what is kept for it. */
const LEFT = 25;

test('where few files may be open, whoever comes beyond is counted and told, and the config is still read', async (t) => {
  const [port, busyPort] = [await freePort(), await freePort()];
  const config = {
    checks: { from: 'none' },
    threads: 2,
    listen: [port, busyPort].map((each) => ({ host: '127.0.0.1', port: each })),
    secondaries: [{ port: await freePort() }],
  };
  const usher = await startUsher({ config, port, wrapper });
  t.after(usher.stop);
  const { most, files } = await usher.event('connections-few');
  assert.equal(files, FILES);
  assert.ok(most >= FILES / 2 && most < FILES - 50, String(most));
  const came = await Promise.all(Array.from({ length: VISITORS }, () => visit(t, busyPort)));
  const turnedAway = came.filter((isAnswered) => !isAnswered).length;
  const answered = came.length - turnedAway;
  assert.ok(answered >= 0.9 * most && answered <= most, `${answered} of ${most} places were taken`);
  const open = readdirSync(`/proc/${usher.pid}/fd`).length;
  assert.ok(open > answered && open <= FILES - LEFT, `${open} of ${FILES} files were open`);
  usher.edit({ ...config, debug: true });
  await usher.event('config-loaded');
  await usher.event('connections-dropped');
  const metrics = await (await fetch(`${usher.adminUrl}/metrics`)).text();
  assert.match(metrics, new RegExp(`^usher_connections_dropped_total ${turnedAway}$`, 'm'));
  assert.match(metrics, new RegExp(`^usher_connections_most ${most}$`, 'm'));
});

test('what a reload lets the relay have open is kept from the visitors', async (t) => {
  const config = { checks: { from: 'none' }, threads: 2, secondaries: [{ port: 8001 }] };
  const usher = await startUsher({ config, wrapper });
  t.after(usher.stop);
  const { most } = await usher.event('connections-few');
  const relay = { connections: 150 };
  usher.edit({ ...config, relay, secondaries: [{ port: 8002 }] });
  const question = requestText('GET /x', { Host: 'a.example', Connection: 'close' });
  // By chance he meets either thread; both have heard of it.
  for (let inARow = 0; inARow < 20; inARow += 1) {
    const sentTo = (await askRaw(usher.port, question)).header('location');
    if (sentTo !== 'http://a.example:8002/x') inARow = 0;
  }
  const places = most - relay.connections;
  const metrics = await (await fetch(`${usher.adminUrl}/metrics`)).text();
  assert.match(metrics, new RegExp(`^usher_connections_most ${places}$`, 'm'));
  const came = await Promise.all(Array.from({ length: most }, () => visit(t, usher.port)));
  const answered = came.filter((isAnswered) => isAnswered).length;
  assert.ok(answered >= 0.9 * places && answered <= places, `${answered} of ${places} places were taken`);
});
