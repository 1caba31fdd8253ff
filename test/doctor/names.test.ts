import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { examine, type Diagnosis } from '../../src/doctor/examine.ts';
import { gather } from '../../src/doctor/gather.ts';
import { registries } from '../../src/registries.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createWire } from '../../src/wire/create-wire.ts';
import { tempFolder } from '../real/program.ts';
import { freePort } from '../real/port.ts';
import { startWebServer } from '../real/web-server.ts';
import { join } from 'node:path';
import { about } from './diagnose.ts';

type Addresses = readonly { readonly address: string; readonly family: 4 | 6 }[];

/**
 * Diagnoses a set-up whose name has these addresses.
 *
 * @param plain the port that stands for port 80, which a test cannot have to itself
 */
const diagnosed = async (
  t: TestContext,
  config: object,
  addresses: Addresses,
  plain?: number,
): Promise<Diagnosis> => {
  const { folder, remove } = await tempFolder({
    'usher.json': JSON.stringify({ names: ['shop.test'], ...config }),
  });
  t.after(remove);
  const loaded = await loadConfig(join(folder, 'usher.json'), registries);
  assert.ok(loaded.ok);
  const wire = createWire({
    clock: systemClock(),
    resolve: (_, { family }, done) => {
      const fitting = addresses.filter((each) => family === 0 || each.family === family);
      if (fitting.length > 0) done(null, [...fitting]);
      else done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    },
  });
  t.after(wire.close);
  const facts = await gather({
    settings: loaded.settings,
    wire: {
      ...wire,
      ask: (question) =>
        wire.ask(
          plain !== undefined && question.at === 'http://shop.test'
            ? { ...question, at: `http://shop.test:${plain}` }
            : question,
        ),
    },
    resolve: async () => addresses,
    until: new AbortController().signal,
  });
  return examine(facts);
};

/** Answers as an Usher does where nothing is, and else as a secondary. */
const usherLike = (address: string) => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/.usher/doctor' ? 404 : 200).end('There is nothing here.\n');
  });
  server.listen(0, address);
  return server;
};

const V4 = { address: '127.0.0.1', family: 4 } as const;
const V6 = { address: '::1', family: 6 } as const;

test('a name with an IPv6 address at which a secondary does not listen is a gap', async (t) => {
  const primary = usherLike('::');
  await once(primary, 'listening');
  t.after(() => primary.close());
  const secondary = await startWebServer((_, response) => response.end('shop'));
  t.after(secondary.stop);
  const { port } = primary.address() as AddressInfo;
  const config = { listen: port, secondaries: [{ id: 'web1', port: secondary.port }] };

  const [gap, ...others] = about(await diagnosed(t, config, [V4, V6]), 'ipv6');
  assert.deepEqual(others, []);
  assert.equal(gap?.hurts, 'some');
  assert.match(gap.what, /^shop\.test has an IPv6 address, but web1 does not listen on port \d+ there/);

  const without = await diagnosed(t, config, [V4]);
  assert.deepEqual(about(without, 'ipv6'), []);
  assert.ok(without.fine.includes('names: shop.test leads here'));
});

test('a public address that cannot be reached from inside is told with what can and cannot be known', async (t) => {
  const config = { listen: await freePort(), secondaries: [{ port: 8086 }] };
  // an address of loopback that is no interface's own stands for the router's
  const told = await diagnosed(t, config, [{ address: '127.9.9.9', family: 4 }]);
  const [hairpin] = about(told, 'hairpin');
  assert.equal(hairpin?.hurts, 'nobody');
  assert.match(hairpin.what, /no hairpin.*from inside the two look alike/);
  assert.match(hairpin.remedy, /from outside/);
});

test('a port that the public address does not forward is told, where the address can be reached', async (t) => {
  const primary = usherLike('127.9.9.9');
  await once(primary, 'listening');
  t.after(() => primary.close());
  const { port } = primary.address() as AddressInfo;
  const secondary = await startWebServer((_, response) => response.end('shop'));
  t.after(secondary.stop);
  const config = { listen: port, secondaries: [{ id: 'web1', port: secondary.port }] };
  const told = await diagnosed(t, config, [{ address: '127.9.9.9', family: 4 }]);
  const [finding] = about(told, 'forwarding');
  assert.match(
    finding?.what ?? '',
    /^shop\.test answers, but not on port \d+ \(refused\): .* web1 find nobody/,
  );
});

test('a name without an address, and one that leads to a stranger, are told', async (t) => {
  const stranger = await startWebServer((_, response) => response.end('shop'));
  t.after(stranger.stop);
  const config = { listen: stranger.port, secondaries: [{ port: 8086 }] };
  const [lost] = about(await diagnosed(t, config, []), 'names');
  assert.match(lost?.what ?? '', /^shop\.test has no address/);
  const [led] = about(await diagnosed(t, config, [V4]), 'names');
  assert.match(led?.what ?? '', /^shop\.test leads, by IPv4, to a server that is not Usher/);
});

test('a primary that is not on port 80 is told when nobody leads from there to it', async (t) => {
  const primary = usherLike('127.0.0.1');
  await once(primary, 'listening');
  t.after(() => primary.close());
  const { port } = primary.address() as AddressInfo;
  const config = { listen: port, secondaries: [{ port: 8086 }] };

  const [deaf, ...others] = about(await diagnosed(t, config, [V4], await freePort()), 'port 80');
  assert.deepEqual(others, []);
  assert.equal(deaf?.hurts, 'everybody');
  assert.match(deaf.what, /^Nobody answers at http:\/\/shop\.test\/, by IPv4 \(refused\)/);
  assert.match(deaf.remedy, /forward port 80/);

  const stranger = await startWebServer((_, response) => response.end('It works!'));
  t.after(stranger.stop);
  const [other] = about(await diagnosed(t, config, [V4], stranger.port), 'port 80');
  assert.match(other?.what ?? '', /is answered, by IPv4, by a server that is not Usher/);

  const router = [{ address: '127.9.9.9', family: 4 }] as const;
  const [unknown] = about(await diagnosed(t, config, router, await freePort()), 'port 80');
  assert.equal(unknown?.hurts, 'nobody');
  assert.match(unknown.what, /cannot be known from inside/);

  const forwarded = await diagnosed(t, config, [V4], port);
  assert.deepEqual(about(forwarded, 'port 80'), []);
  assert.ok(forwarded.fine.includes('port 80: it leads to Usher by shop.test'));
  assert.deepEqual(about(await diagnosed(t, { ...config, listen: 80 }, [V4]), 'port 80'), []);
});
