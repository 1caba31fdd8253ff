import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test, type TestContext } from 'node:test';
import { keepArtefact } from '../real/artefacts.ts';
import { openFirefox, type Firefox } from '../real/firefox.ts';
import { freePort } from '../real/port.ts';
import { startUsher, type Usher } from './usher.ts';

/** The kernel's own firewall stands for the network of a visitor who comes by this address of loopback. */
const TABLE = `usher_fox_${String(process.pid)}`;
const BLOCKED = '127.81.0.1';
const nft = (...rules: readonly string[]): void => {
  execFileSync('nft', ['-f', '-'], { input: `${rules.join('\n')}\n` });
};

const LIFELINE = readFileSync(new URL('../../ops/lifeline/usher-lifeline.js', import.meta.url));

const running = new Map<number, Server>();
/** A secondary that shows what it was asked for; its pages hold the lifeline where they are asked to. */
const startSecondary = async (port: number): Promise<void> => {
  const server = createServer((request, response) => {
    const { url = '/' } = request;
    if (url.startsWith('/usher-lifeline.js')) {
      response.setHeader('Content-Type', 'text/javascript').end(LIFELINE);
      return;
    }
    const lifeline = url.startsWith('/alive')
      ? `<script src="/usher-lifeline.js" data-primary="http://localhost:${String(primary.port)}"></script>`
      : '';
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>${String(port)}</title><p id="path">${url.replace(/[<&]/g, '')}</p>` +
        `<a id="next" href="/next?x=1">next</a>${lifeline}`,
    );
  });
  server.listen(port, '0.0.0.0');
  await once(server, 'listening');
  running.set(port, server);
};
const kill = async (port: number): Promise<void> => {
  const server = running.get(port);
  running.delete(port);
  server?.closeAllConnections();
  if (server !== undefined) await new Promise((resolve) => server.close(resolve));
};

let firefox: Firefox;
/** Redirects. */
let primary: Usher;
/** Answers by a page, and carries whom it leads nowhere. */
let paging: Usher;
let ports: readonly number[];

before(async () => {
  ports = [await freePort(), await freePort()];
  for (const port of ports) await startSecondary(port);
  const secondaries = ports.map((port) => ({ port }));
  const port = await freePort();
  const opened = openFirefox();
  [primary, paging] = await Promise.all([
    startUsher({ config: { checks: { from: 'none' }, policy: 'first', secondaries } }),
    startUsher({
      port,
      config: {
        listen: [{ host: '0.0.0.0', port }],
        ...{ checks: { from: 'none' }, policy: 'first', delivery: 'page', relay: {}, secondaries },
      },
    }),
  ]);
  firefox = await opened;
  nft(
    `add table ip ${TABLE}`,
    `add chain ip ${TABLE} out { type filter hook output priority 0 ; }`,
    `add rule ip ${TABLE} out ip daddr ${BLOCKED} tcp dport { ${ports.join(', ')} } reject with tcp reset`,
  );
});
after(async () => {
  nft(`add table ip ${TABLE}`, `delete table ip ${TABLE}`);
  await firefox.close();
  for (const port of [...running.keys()]) await kill(port);
});

const to = (nth: number, path: string): RegExp =>
  new RegExp(`^http://[^/]+:${String(ports[nth])}${path.replace(/[?.]/g, '\\$&')}$`);

describe('in Firefox', () => {
  test('a redirect leads to a secondary, path and fragment kept, and the cookie back to the same', async () => {
    const tab = await firefox.visitor();
    await tab.open(`http://127.0.0.1:${String(primary.port)}/a/b?x=1#part`);
    await tab.at(to(0, '/a/b?x=1#part'));
    await tab.open(`http://127.0.0.1:${String(primary.port)}/.usher/other?to=/c`);
    await tab.at(to(1, '/c'));
    await tab.open(`http://127.0.0.1:${String(primary.port)}/d`);
    await tab.at(to(1, '/d'));
    assert.equal(await tab.text('#path'), '/d');
  });

  test('the page goes on by itself, path and fragment kept', async () => {
    const tab = await firefox.visitor();
    await tab.open(`http://127.0.0.1:${String(paging.port)}/a/b?x=1#part`);
    await tab.at(to(0, '/a/b?x=1#part'));
    await keepArtefact('firefox-page.png', await tab.screenshot());
  });

  test('whose network blocks the ports of the secondaries is carried over that of the primary', async () => {
    const tab = await firefox.visitor();
    const own = `http://${BLOCKED}:${String(paging.port)}`;
    await tab.open(`${own}/deep/path?x=1#part`);
    while ((await tab.at(/\/deep\/path\?x=1#part$/)) && (await tab.text('title')) === 'Welcome');
    assert.equal(await tab.text('#path'), '/deep/path?x=1');
    await tab.open(`${own}/again`);
    await tab.at(/\/again$/);
    assert.equal(await tab.text('#path'), '/again');
    await keepArtefact('firefox-relay.png', await tab.screenshot());
  });

  test('a secondary killed between two clicks: the next click lands on the other one, with its path', async () => {
    const tab = await firefox.visitor();
    await tab.open(`http://localhost:${String(primary.port)}/alive`);
    await tab.at(to(0, '/alive'));
    await tab.run(`navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ??
      new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))).then(() => '')`);
    await kill(ports[0] ?? 0);
    await tab.click('#next');
    await tab.at(to(1, '/next?x=1'));
    assert.deepEqual(tab.failures(), []);
    await keepArtefact('firefox-lifeline.png', await tab.screenshot());
    await startSecondary(ports[0] ?? 0);
  });

  test('without script the page is a splash page, with a link that leads on', async (t: TestContext) => {
    const plain = await openFirefox({ preferences: { 'javascript.enabled': false } });
    t.after(plain.close);
    const tab = await plain.visitor();
    const url = `http://127.0.0.1:${String(paging.port)}/quiet`;
    await tab.open(url);
    await tab.at(/\/quiet$/);
    await keepArtefact('firefox-without-script.png', await tab.screenshot());
    await tab.click('a.on');
    await tab.at(to(0, '/quiet'));
  });
});
