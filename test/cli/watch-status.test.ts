import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { status } from '../../src/cli/status.ts';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { openAdmin } from '../doors/open-admin.ts';
import { childEnv, launcher } from '../outside/usher.ts';
import { terminal } from './terminal.ts';

const refused = { ok: false, tookMs: 0.4, failure: 'refused', detail: 'x' } as const;

test('it prints anew every second, until Ctrl-C', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const { url } = await openAdmin(pool);
  const child = spawn(process.execPath, [launcher, 'status', '--watch', '--json', '--admin', url], {
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = (await lines.next()) as { value: string };
    return (JSON.parse(value) as { headline: { words: string } }).headline.words;
  };
  assert.equal(await next(), 'The one secondary works');
  pool.round({ outcome: refused });
  let words = await next();
  for (let tries = 0; tries < 3 && words === 'The one secondary works'; tries += 1) words = await next();
  assert.equal(words, 'Nobody can take visitors');
  child.kill('SIGINT');
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.ok(signal === 'SIGINT' || code === 130);
});

/** What a terminal shows until the command is stopped by what it prints. */
const shown = async (isTty: boolean, until: (text: string) => boolean, url: string): Promise<string> => {
  let text = '';
  const enough = new Error('enough');
  const take = (more: string): void => {
    text += more;
    if (until(text)) throw enough;
  };
  await assert.rejects(
    status.run(['--watch', '--admin', url], terminal({ out: take, err: take, isTty }).io),
    enough,
  );
  return text;
};

test('on a terminal it is written in its place, elsewhere one after the other', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const { url } = await openAdmin(pool);
  const twice = (text: string): boolean => text.split('The one secondary works').length > 2;
  const onTerminal = await shown(true, twice, url);
  assert.ok(onTerminal.startsWith('\x1b[HThe one secondary works\x1b[K\n'));
  assert.equal(onTerminal.split('\x1b[H').length, 3);
  assert.ok(onTerminal.endsWith('\x1b[J'));
  assert.doesNotMatch(await shown(false, twice, url), /\x1b/);
});

test('an Usher that ends meanwhile is a sentence, and the watch goes on', async () => {
  const pool = pretend([secondary('web1')]);
  pool.round();
  const door = await openAdmin(pool);
  const text = await shown(
    false,
    (said) => {
      if (said.includes('web1') && !said.includes('not running')) void door.stop();
      return said.split('not running').length > 2;
    },
    door.url,
  );
  assert.match(text, /^web1 [^]*\nusher: Usher is not running[^]*\nusher: Usher is not running/m);
});
