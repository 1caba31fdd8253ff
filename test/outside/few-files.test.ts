import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { freePort } from '../real/port.ts';
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
/** So many come at once, so often: shares are dealt anew some three times while they come. */
const AT_ONCE = 4;
const EVERY_MS = 10;
const VISITORS = 700;
/** What the primary has open beside connections leaves more than this of what is kept for it. */
const LEFT = 25;

test('where few files may be open, whoever comes beyond is counted and told, and the config is still read', async (t) => {
  const config = { checks: { from: 'none' }, threads: 2, secondaries: [{ port: await freePort() }] };
  const usher = await startUsher({ config, wrapper: ['prlimit', `--nofile=${FILES}:${FILES}`] });
  t.after(usher.stop);
  const { most, files } = await usher.event('connections-few');
  assert.equal(files, FILES);
  assert.ok(most >= FILES / 2 && most < FILES - 50, String(most));
  const coming: Promise<boolean>[] = [];
  let mostOpen = 0;
  while (coming.length < VISITORS) {
    for (let more = AT_ONCE; more > 0; more -= 1) coming.push(visit(t, usher.port));
    await after(EVERY_MS);
    mostOpen = Math.max(mostOpen, readdirSync(`/proc/${usher.pid}/fd`).length);
  }
  const came = await Promise.all(coming);
  const turnedAway = came.filter((isAnswered) => !isAnswered).length;
  assert.ok(came.length - turnedAway >= most / 2, `${turnedAway} of ${came.length} were turned away`);
  assert.ok(mostOpen > most && mostOpen <= FILES - LEFT, `${mostOpen} of ${FILES} files were open`);
  usher.edit({ ...config, debug: true });
  await usher.event('config-loaded');
  await usher.event('connections-dropped');
  const metrics = await (await fetch(`${usher.adminUrl}/metrics`)).text();
  assert.match(metrics, new RegExp(`^usher_connections_dropped_total ${turnedAway}$`, 'm'));
  assert.match(metrics, new RegExp(`^usher_connections_most ${most}$`, 'm'));
});
