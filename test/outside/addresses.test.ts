import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startApache, type WebServer } from '../real/apache.ts';
import { openBrowser } from '../real/chromium.ts';
import { startNginx } from '../real/nginx.ts';
import { output } from '../real/program.ts';
import { freePort } from '../real/port.ts';
import { startUsher, type Usher } from './usher.ts';

/** The primary's own addresses, and those that visitors come from, all on the loopback of a network of its own. */
const ADDRESSES = [
  '203.0.113.7',
  '198.51.100.9',
  '192.168.1.2',
  '192.168.1.50',
  '2001:db8::7',
  '2001:db8:9::9',
];

const inOwnNetwork = [
  ...['unshare', '--net', 'sh', '-c'],
  `ip link set lo up; for each in ${ADDRESSES.join(' ')}; do ip addr add $each dev lo; done; exec "$@"`,
  'sh',
];

describe('the address that a visitor comes from', () => {
  let usher: Usher;
  before(async () => {
    usher = await startUsher({
      port: 8800,
      wrapper: inOwnNetwork,
      config: {
        listen: 8800,
        policy: 'round-robin',
        affinity: false,
        checks: { from: 'none' },
        lan: ['192.168.0.0/16', '203.0.113.7'],
        secondaries: [
          { port: 8086, at: '192.168.1.3' },
          { port: 8087, at: '192.168.1.4:80', lan: '192.168.1.4:8087' },
          { id: 'v4', url: 'http://198.51.100.20:8080' },
          { id: 'v6', url: 'http://[2001:db8::20]:8080' },
          { id: 'named', url: 'https://www4.example.org' },
        ],
      },
    });
  });

  /** Whither visitors from an address are sent who ask for another one, in ten visits. */
  const sentFrom = async (from: string, to: string): Promise<readonly string[]> => {
    const ways = new Set<string>();
    for (let n = 0; n < 10; n += 1) {
      ways.add(
        await output([
          ...(['nsenter', '-t', String(usher.pid), '-n', 'curl', '-s', '-g', '-o', '/dev/null'] as const),
          ...['-w', '%{redirect_url}', '--interface', from, `http://${to}:8800/x?y`],
        ]),
      );
    }
    return [...ways].sort();
  };

  test('by IPv4 never leads to a bare IPv6 address', async () => {
    assert.deepEqual(await sentFrom('198.51.100.9', '203.0.113.7'), [
      'http://198.51.100.20:8080/x?y',
      'http://203.0.113.7:8086/x?y',
      'http://203.0.113.7:8087/x?y',
      'https://www4.example.org/x?y',
    ]);
  });

  test('by IPv6 never leads to a bare IPv4 address', async () => {
    assert.deepEqual(await sentFrom('2001:db8:9::9', '[2001:db8::7]'), [
      'http://[2001:db8::20]:8080/x?y',
      'http://[2001:db8::7]:8086/x?y',
      'http://[2001:db8::7]:8087/x?y',
      'https://www4.example.org/x?y',
    ]);
  });

  test('within the LAN, or our own public one, leads to the LAN addresses that the list names', async () => {
    const expected = [
      'http://192.168.1.3:8086/x?y',
      'http://192.168.1.4:8087/x?y',
      'http://198.51.100.20:8080/x?y',
      'https://www4.example.org/x?y',
    ];
    assert.deepEqual(await sentFrom('192.168.1.50', '192.168.1.2'), expected);
    assert.deepEqual(await sentFrom('203.0.113.7', '203.0.113.7'), expected);
  });
});

describe('secondaries at addresses of their own', () => {
  let apache: WebServer;
  let nginx: WebServer;
  before(async () => {
    [apache, nginx] = await Promise.all([
      startApache({ host: '127.0.0.2', port: await freePort() }),
      startNginx({ host: '127.0.0.3', port: await freePort() }),
    ]);
  });
  after(() => Promise.all([apache.stop(), nginx.stop()]));

  for (const delivery of ['redirect', 'page']) {
    test(`are checked, and visited by a browser through a ${delivery}: another address, or another name`, async (t) => {
      const browser = await openBrowser({
        hosts: { 'www.example.test': '127.0.0.1', 'isp2.example.test': '127.0.0.3' },
      });
      t.after(() => browser.close());
      const named = `http://isp2.example.test:${nginx.port}`;
      const usher = await startUsher({
        config: {
          delivery,
          policy: 'round-robin',
          checks: { from: 'live' },
          secondaries: [{ url: apache.origin }, { url: named, at: `127.0.0.3:${nginx.port}` }],
        },
      });
      t.after(usher.stop);
      const seen = new Set<string>();
      for (let n = 0; n < 4; n += 1) {
        const context = await browser.newContext();
        const page = await context.newPage();
        const visit = async (): Promise<string> => {
          await page.goto(`http://www.example.test:${usher.port}/a%20b?x=%2F#part`);
          await page.waitForURL((url) => url.port !== String(usher.port));
          const { origin, pathname, search, hash } = new URL(page.url());
          assert.equal(pathname + search + hash, '/a%20b?x=%2F#part');
          return origin;
        };
        const first = await visit();
        assert.equal(await visit(), first, 'he did not come back to where he was');
        seen.add(first);
        await context.close();
      }
      assert.deepEqual([...seen].sort(), [apache.origin, named].sort());
    });
  }
});
