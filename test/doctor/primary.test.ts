import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startUsher } from '../outside/usher.ts';
import { startNginx } from '../real/nginx.ts';
import { freePort } from '../real/port.ts';
import { startWebServer } from '../real/web-server.ts';
import { about, diagnose } from './diagnose.ts';

test('with a running Usher and a sound secondary nothing hurts, and that is said in one line each', async (t) => {
  const secondary = await startNginx();
  t.after(secondary.stop);
  const config = { secondaries: [{ port: 8086, at: `127.0.0.1:${secondary.port}` }] };
  const usher = await startUsher({ config });
  t.after(() => usher.stop());
  const told = await diagnose(t, {
    config: { ...config, listen: [{ host: '127.0.0.1', port: usher.port }] },
  });
  assert.deepEqual(
    told.findings.filter(({ hurts }) => hurts !== 'nobody'),
    [],
  );
  assert.equal(told.code, 0);
  assert.ok(told.fine.includes(`primary: Usher answers on 127.0.0.1:${usher.port}`));

  const round = { secondaries: [{ port: 8086, at: `127.0.0.1:${usher.port}` }] };
  const [loop] = about(await diagnose(t, { config: round }), 'loop');
  assert.match(loop?.what ?? '', /^Behind web8086 .* answers an Usher, this one or another/);
});

test('a port that nobody, or somebody else, listens on hurts everybody', async (t) => {
  const secondaries = [{ port: 8086, at: `127.0.0.1:${await freePort()}` }];
  const [free] = about(await diagnose(t, { config: { secondaries } }), 'primary');
  assert.equal(free?.hurts, 'everybody');
  assert.match(
    free.what,
    /^Nobody listens on .* Usher does not run, and visitors find nothing\. The port is free/,
  );

  const stranger = await startWebServer((_, response) => response.end('I am another'));
  t.after(stranger.stop);
  const listen = [{ host: '127.0.0.1', port: stranger.port }];
  const [taken] = about(await diagnose(t, { config: { secondaries, listen } }), 'primary');
  assert.match(taken?.what ?? '', /^Another program answers on .* \(HTTP 200\), not Usher/);

  const foreign = [{ host: '192.0.2.1', port: 8080 }];
  const [absent] = about(await diagnose(t, { config: { secondaries, listen: foreign } }), 'primary');
  assert.equal(absent?.hurts, 'everybody');
});

test('findings come worst first', async (t) => {
  const secondaries = [{ port: 8086, at: `127.0.0.1:${await freePort()}` }];
  const { findings } = await diagnose(t, {
    config: { secondaries },
    files: { 'state/secret': { text: 'x', mode: 0o644 } },
  });
  const weights = ['everybody', 'some', 'soon', 'nobody'];
  const order = findings.map(({ hurts }) => weights.indexOf(hurts));
  assert.ok(new Set(order).size >= 3);
  assert.deepEqual(order, order.toSorted());
});
