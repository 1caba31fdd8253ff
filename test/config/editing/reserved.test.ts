import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { configEditing } from '../../../src/cli/config-editing.ts';
import { makeChange, type Change, type Changed } from '../../../src/config/editing/change.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { registries } from '../../../src/registries.ts';
import { tempFolder } from '../temp-folder.ts';

const TOLD = ['/usr/local/bin/tell', 'me'];
const CONFIG = {
  admin: { listen: '127.0.0.1:8079' },
  notify: [{ exec: TOLD }],
  secondaries: [
    { id: 'one', port: 8086, ping: { exec: ['/usr/local/bin/ping-one', '-q'] } },
    { id: 'two', port: 8087 },
  ],
};

const start = async (t: TestContext) => {
  const file = join(await tempFolder(t), 'usher.json');
  const write = (config: unknown) =>
    writeFile(file, typeof config === 'string' ? config : JSON.stringify(config));
  await write(CONFIG);
  const loaded = await loadConfig(file, registries);
  assert.ok(loaded.ok);
  const { change } = configEditing(
    file,
    () => loaded.settings,
    (about, wanted) => makeChange({ ...about, registries }, wanted),
  );
  return {
    write,
    text: () => readFileSync(file, 'utf8'),
    change: (wanted: Change): Promise<Changed> => change(wanted, undefined),
  };
};

const added = (more: object): Change => ({ kind: 'add', secondary: { id: 'new', port: 8088, ...more } });
const toldIn = (changed: Changed): string => (changed.ok ? 'made' : `${changed.because}: ${changed.words}`);

test('a program that the file does not name cannot be brought in, whatever asks it', async (t) => {
  const { change, text } = await start(t);
  for (const more of [
    { ping: { exec: ['/usr/bin/touch', '/tmp/pwned'] } },
    { load: { exec: ['/usr/bin/touch', '/tmp/pwned'] } },
    { ping: { exec: ['/usr/local/bin/ping-one', '-q', '-x'] } },
    { ping: { exec: ['/usr/local/bin/ping-one'] } },
  ]) {
    assert.match(
      toldIn(await change(added(more))),
      /^reserved: The config does not name the program \["\/usr/,
    );
  }
  assert.equal(text(), JSON.stringify(CONFIG));
});

test('a program that the file names can be used, and one that a person writes there', async (t) => {
  const { change, write } = await start(t);
  assert.equal(toldIn(await change(added({ ping: { exec: ['/usr/local/bin/ping-one', '-q'] } }))), 'made');
  await write({ ...CONFIG, checks: { ping: { exec: ['/usr/local/bin/other'] } } });
  assert.equal(toldIn(await change(added({ load: { exec: ['/usr/local/bin/other'] } }))), 'made');
});

test('what is told of events cannot be made to ask a secondary', async (t) => {
  const { change } = await start(t);
  assert.match(toldIn(await change(added({ ping: { exec: TOLD } }))), /^reserved: The config does not name /);
});

test('a program that a person took out of the file cannot be brought in again, one that the door took out can', async (t) => {
  const { change, write } = await start(t);
  const [one, two] = CONFIG.secondaries;
  const again: Change = { kind: 'add', secondary: { ...one } };
  await write({ ...CONFIG, secondaries: [two] });
  assert.match(toldIn(await change(again)), /^reserved: The config does not name the program /);
  await write(CONFIG);
  assert.equal(toldIn(await change({ kind: 'remove', id: 'one' })), 'made');
  assert.equal(toldIn(await change(again)), 'made');
});

test('a version comes back with the programs of now, not with others, nor with other people at the admin door', async (t) => {
  const { change, write, text } = await start(t);
  assert.equal(toldIn(await change({ kind: 'remove', id: 'one' })), 'made');
  assert.equal(toldIn(await change({ kind: 'restore', version: 1 })), 'made');
  assert.equal(JSON.parse(text()).secondaries.length, 2);

  const drain: Change = { kind: 'set', id: 'two', values: { state: 'drain' } };
  await write({ ...CONFIG, notify: [{ exec: ['/usr/local/bin/old'] }] });
  assert.equal(toldIn(await change(drain)), 'made');
  await write({ ...CONFIG, admin: { listen: '127.0.0.1:8080' } });
  assert.equal(toldIn(await change(drain)), 'made');
  await write(CONFIG);
  assert.match(
    toldIn(await change({ kind: 'restore', version: 3 })),
    /^reserved: .*\["\/usr\/local\/bin\/old"\]/,
  );
  assert.match(
    toldIn(await change({ kind: 'restore', version: 4 })),
    /^reserved: Who may come to the admin door/,
  );
  assert.equal(text(), JSON.stringify(CONFIG));

  await write('{ broken');
  assert.equal(toldIn(await change({ kind: 'restore', version: 1 })), 'made');
});
