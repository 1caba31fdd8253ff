import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startDemo } from '../../src/demo/demo.ts';
import type { DemoData } from '../../src/demo/secondary.ts';
import { loadView } from '../../src/doors/pages/views.ts';
import { ActionableError } from '../../src/errors.ts';
import { freePort } from '../real/port.ts';
import { startWebServer } from '../real/web-server.ts';
import { createStillClock } from './demo-clock.ts';

const shared = {
  host: '127.0.0.1',
  primaryPort: 8080,
  view: loadView<DemoData>('demo'),
  clock: createStillClock(),
};

describe('the demo', () => {
  it('starts one sample secondary a port, named after it', async (t) => {
    const hostPorts = [await freePort(), await freePort()];
    const demo = await startDemo({ ...shared, hostPorts });
    t.after(() => demo.stop());
    assert.deepEqual(
      demo.secondaries.map(({ name, port }) => [name, port]),
      hostPorts.map((port) => [`web${port}`, port]),
    );
    for (const port of hostPorts) {
      const html = await (await fetch(`http://127.0.0.1:${port}/`)).text();
      assert.match(html, new RegExp(`web${port}, a sample secondary`));
    }
  });

  it('says in a sentence which port is taken, and leaves nothing running', async (t) => {
    const other = await startWebServer((_request, response) => response.end('other'));
    t.after(() => other.stop());
    const free = await freePort();
    await assert.rejects(startDemo({ ...shared, hostPorts: [free, other.port] }), (error) => {
      assert.ok(error instanceof ActionableError);
      assert.equal(
        error.message,
        `The sample secondary web${other.port} cannot listen on port ${other.port}: another program listens there.`,
      );
      assert.match(error.remedy, /usher\.json/);
      assert.equal(error.exitCode, 1);
      return true;
    });
    await assert.rejects(fetch(`http://127.0.0.1:${free}/`));
    assert.equal(await (await fetch(other.origin)).text(), 'other');
  });
});
