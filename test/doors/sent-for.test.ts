import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentForOf } from '../../src/doors/public/counts-of.ts';
import { openDoor, plainSettings } from './a-door.ts';
import { exchange } from './exchange.ts';

const settings = plainSettings({
  debug: true,
  affinity: { cookie: 'usher', forMs: 3_600_000, redispatchMs: 10_000 },
});
const slots = new Map(settings.secondaries.map(({ id }, slot) => [id, slot]));

test('visitors are counted by the word that their answers tell', async (context) => {
  const time = { ms: 1_000_000 };
  const { port, ledger } = await openDoor(context, { fastLane: true, settings, time });
  const jar = new Map<string, string>();
  const told: string[] = [];
  const ask = async (path: string, accept = 'text/html'): Promise<void> => {
    time.ms += 1000;
    const cookies = Array.from(jar, (each) => each.join('=')).join('; ');
    const head = [
      `GET ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Accept: ${accept}`,
      `Cookie: ${cookies}`,
      '',
      '',
    ];
    const reply = await exchange(port, [head.join('\r\n')], { ends: true });
    for (const [, name = '', value = ''] of reply.matchAll(/^Set-Cookie: ([^=]*)=([^;]*)/gm)) {
      jar.set(name, value);
    }
    told.push(/^X-Usher: (\S+ \S+)\r$/m.exec(reply)?.[1] ?? '');
  };
  const counted = (): string[] =>
    settings.secondaries
      .flatMap(({ id }) =>
        sentForOf(id, { slots, ledger }).flatMap(({ reason, visitors }) =>
          Array.from({ length: visitors }, () => `${id} ${reason}`),
        ),
      )
      .toSorted();
  await ask('/one');
  await ask('/two');
  await ask('/three', 'application/json');
  await ask('/two');
  await ask('/two');
  assert.deepEqual(new Set(told), new Set(['web8086 first', 'web8086 affinity', 'web8086 return']));
  jar.clear();
  await ask('/other', 'application/json');
  assert.deepEqual(counted(), told.toSorted());
  assert.equal(counted().length, ledger.chosen(0) + ledger.kept(0));
});
