import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startApache, type WebServer } from '../real/apache.ts';
import { makeCertificate } from '../real/certificate.ts';
import { startNginx } from '../real/nginx.ts';
import { startPebble, type Pebble } from '../real/pebble.ts';
import { output, tempFolder } from '../real/program.ts';
import { startWebServer } from '../real/web-server.ts';
import { freePort } from '../real/port.ts';
import { askRaw, requestText, type RawReply } from './raw.ts';
import { startUsher, type Usher } from './usher.ts';

const TOKEN = 'abcDEF_-0123456789abcDEF_-0123456789';
const THUMBPRINT = 'x'.repeat(43);
const PATH = '/.well-known/acme-challenge';

describe('an authority that asks the primary', () => {
  let apache: WebServer;
  let nginx: WebServer;
  let usher: Usher;
  let pebble: Pebble;
  let removeKeys: () => Promise<void>;

  before(async () => {
    const { cert, key } = await makeCertificate('DNS:old.example.test');
    const keys = await tempFolder({ 'cert.pem': cert, 'key.pem': key });
    removeKeys = keys.remove;
    const tlsPort = await freePort();
    const overTls = `listen 127.0.0.1:${tlsPort} ssl; ssl_certificate ${keys.folder}/cert.pem; ssl_certificate_key ${keys.folder}/key.pem;`;
    [apache, nginx] = await Promise.all([startApache(), startNginx({ config: overTls })]);
    usher = await startUsher({
      config: {
        checks: { from: 'none' },
        entrances: {},
        names: ['www.example.test', 'home.example.test'],
        secondaries: [{ port: apache.port }, { port: tlsPort, scheme: 'https' }],
      },
      prepare: (folder) => mkdirSync(join(folder, 'site')),
    });
    pebble = await startPebble(usher.port);
  });
  after(async () => {
    await Promise.all([apache.stop(), nginx.stop(), pebble.stop()]);
    await removeKeys();
  });

  /** Has certbot get a certificate for the name, by a file that it puts under the folder; gives the names in it. */
  const certifiedBy = async (webroot: string, name: string): Promise<string | undefined> => {
    const { folder, remove } = await tempFolder();
    try {
      await output([
        ...([
          'env',
          `REQUESTS_CA_BUNDLE=${pebble.trust}`,
          'certbot',
          'certonly',
          '--non-interactive',
        ] as const),
        ...['--server', pebble.directory, '--agree-tos', '--register-unsafely-without-email'],
        ...['--config-dir', folder, '--work-dir', join(folder, 'work'), '--logs-dir', join(folder, 'logs')],
        ...['--webroot', '--webroot-path', webroot, '--domain', name],
      ]);
      const pem = await readFile(join(folder, 'live', name, 'fullchain.pem'));
      return new X509Certificate(pem).subjectAltName;
    } finally {
      await remove();
    }
  };

  test('gets the answers of a secondary on plain HTTP, of one with a certificate of another name, and of the primary itself', async () => {
    assert.equal(await certifiedBy(apache.root, 'www.example.test'), 'DNS:www.example.test');
    assert.equal(await certifiedBy(nginx.root, 'www.example.test'), 'DNS:www.example.test');
    assert.equal(await certifiedBy(join(usher.folder, 'site'), 'home.example.test'), 'DNS:home.example.test');
  });
});

describe('a challenge', () => {
  let usher: Usher;
  let secondaries: readonly { readonly port: number; readonly stop: () => Promise<void> }[] = [];
  /** what the secondaries were asked for, with the host */
  const asked: string[] = [];
  /** what each says to a question */
  let says: readonly string[] = [];

  before(async () => {
    secondaries = await Promise.all(
      [0, 1, 2].map((at) =>
        startWebServer((request, response) => {
          asked.push(`${request.headers.host ?? ''} ${request.url ?? ''}`);
          const text = says[at] ?? 'nothing';
          if (text === 'silence') return;
          response.statusCode = text === 'nothing' ? 404 : 200;
          response.end(text);
        }),
      ),
    );
    usher = await startUsher({
      config: {
        threads: 1,
        checks: { from: 'none' },
        entrances: {},
        names: ['www.example.org'],
        secondaries: secondaries.map(({ port }, at) =>
          at === 2 ? { port: 8086, acme: `127.0.0.1:${port}` } : { port },
        ),
      },
    });
  });

  after(() => Promise.all(secondaries.map(({ stop }) => stop())));

  const ask = (target: string, method = 'GET', host = 'www.example.org'): Promise<RawReply> =>
    askRaw(usher.port, requestText(`${method} ${target}`, { Host: host }), { head: method === 'HEAD' });

  test('is answered by the first good answer, whatever the others say or leave unsaid, and is not asked again soon', async () => {
    says = ['silence', '<h1>Welcome</h1>', `${TOKEN}1.${THUMBPRINT}\n`];
    asked.length = 0;
    const replies = await Promise.all([ask(`${PATH}/${TOKEN}1`), ask(`${PATH}/${TOKEN}1`)]);
    for (const reply of [...replies, await ask(`${PATH}/${TOKEN}1`)]) {
      assert.equal(reply.status, 200);
      assert.equal(reply.body, `${TOKEN}1.${THUMBPRINT}`);
      assert.equal(reply.header('content-type'), 'application/octet-stream');
      assert.equal(reply.header('cache-control'), 'no-store');
      assert.equal(reply.header('set-cookie'), undefined);
    }
    assert.deepEqual(asked, Array(3).fill(`www.example.org ${PATH}/${TOKEN}1`));
    const head = await ask(`${PATH}/${TOKEN}1`, 'HEAD');
    assert.equal(head.status, 200);
  });

  test('is answered by nothing else that a secondary serves there', async () => {
    for (const body of [
      'secret',
      `${TOKEN}.short`,
      `other.${THUMBPRINT}`,
      `${TOKEN}.${THUMBPRINT} and more`,
    ]) {
      says = [body, body.padEnd(100_000, 'x'), 'nothing'];
      asked.length = 0;
      const token = `${TOKEN}${body.length}`;
      assert.equal((await ask(`${PATH}/${token}`)).status, 404, body);
      assert.equal(asked.length, 3);
    }
  });

  test('of a token that is none, or of another name, is asked of nobody', async () => {
    asked.length = 0;
    says = [`x.${THUMBPRINT}`];
    for (const target of [
      `${PATH}/`,
      PATH,
      `${PATH}/..%2f..%2fadmin`,
      `${PATH}/../../admin`,
      `${PATH}/a/b`,
      `${PATH}/x.${THUMBPRINT}`,
      `${PATH}/x?y=http://evil.example/`,
      `${PATH}/${'a'.repeat(129)}`,
    ]) {
      const { status } = await ask(target);
      assert.ok(status === 404 || (target === PATH && status === 302), `${target}: ${status}`);
    }
    assert.equal((await ask(`${PATH}/x`, 'POST')).status, 405);
    assert.equal((await ask(`${PATH}/x`, 'GET', 'evil.example')).status, 421);
    assert.deepEqual(asked, []);
  });

  test('of many tokens at once is refused for a while: strangers cannot have the secondaries asked without end', async () => {
    says = [];
    asked.length = 0;
    const statuses = new Map<number, number>();
    for (let round = 0; round < 25; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 10 }, (_, at) => ask(`${PATH}/flood-${round}-${at}`)),
      );
      for (const { status } of replies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.deepEqual([...statuses.keys()].sort(), [404, 503]);
    assert.ok((statuses.get(404) ?? 0) <= 160, `${statuses.get(404) ?? 0} were asked for`);
    assert.ok(asked.length <= 3 * 160);
  });
});
