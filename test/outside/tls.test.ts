import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate } from '../real/certificate.ts';
import { openBrowser } from '../real/chromium.ts';
import { startNginx } from '../real/nginx.ts';
import { tempFolder } from '../real/program.ts';
import { freePort } from '../real/port.ts';
import { askRaw, requestText } from './raw.ts';
import { startUsher } from './usher.ts';

test('a browser that comes by http is led to https, then to an https port, and keeps its cookies to itself', async (t) => {
  const { cert, key } = await makeCertificate('DNS:www.example.test,IP:127.0.0.1');
  const keys = await tempFolder({ 'cert.pem': cert, 'key.pem': key });
  t.after(keys.remove);
  const [file, keyFile] = [join(keys.folder, 'cert.pem'), join(keys.folder, 'key.pem')];
  const securePort = await freePort();
  const nginx = await startNginx({
    config: `listen 127.0.0.1:${securePort} ssl; ssl_certificate ${file}; ssl_certificate_key ${keyFile}; location / { try_files $uri /index.html; }`,
  });
  t.after(nginx.stop);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const usher = await startUsher({
    port,
    // the check verifies its certificate
    env: { NODE_EXTRA_CA_CERTS: file },
    config: {
      listen: [
        { host: '127.0.0.1', port },
        { host: '127.0.0.1', port: tlsPort, cert: file, key: keyFile },
      ],
      checks: { from: 'live' },
      redirectToHttps: { names: ['www.example.test'] },
      secondaries: [{ id: 'web1', port: securePort, scheme: 'https' }],
    },
  });
  t.after(usher.stop);

  const ask = (line: string, host: string) => askRaw(port, requestText(line, { Host: host }));
  const posted = await ask('POST /form?x', 'www.example.test');
  assert.equal(posted.status, 307);
  assert.equal(posted.header('location'), `https://www.example.test:${tlsPort}/form?x`);
  assert.equal(posted.header('strict-transport-security'), undefined);
  const other = await ask('GET /x', 'other.example.test');
  assert.equal(other.header('location'), `https://other.example.test:${securePort}/x`);

  const browser = await openBrowser({ hosts: { 'www.example.test': '127.0.0.1' } });
  t.after(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`http://www.example.test:${port}/a%20b?x=1#part`);
  assert.equal(page.url(), `https://www.example.test:${securePort}/a%20b?x=1#part`);
  await page.goto(`https://www.example.test:${tlsPort}/.usher/other`);
  const cookies = await context.cookies(`https://www.example.test:${tlsPort}/`);
  assert.deepEqual(
    cookies
      .map(({ name, secure, httpOnly, sameSite }) => ({ name, secure, httpOnly, sameSite }))
      .sort((one, two) => (one.name < two.name ? -1 : 1)),
    ['__Host-usher', 'usher-other'].map((name) => ({ name, secure: true, httpOnly: true, sameSite: 'Lax' })),
  );
});
