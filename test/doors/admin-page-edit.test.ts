import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { keepArtefact } from '../real/artefacts.ts';
import { openBrowser } from '../real/chromium.ts';
import { complaintsOf } from '../real/complaints.ts';
import { aConfig } from './a-config.ts';
import { openAdmin } from './open-admin.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const PALE = readFileSync(new URL('../views/pale.js', import.meta.url), 'utf8');

const TEXT = `{
  "secondaries": [
    { "id": "web1", "port": 8086 },
    { "id": "web2", "port": 8087, "weight": 2 }
  ]
}
`;

/** The page of a door with a real config file, ready to be clicked; what it complained of is told at the end. */
const open = async (options: BrowserContextOptions = {}) => {
  const config = aConfig(TEXT);
  const pool = pretend([
    secondary('web1'),
    secondary('web2', { weight: 2 }),
    secondary('web3', { state: 'maintenance', takenOutBy: 'state/maintenance/web3' }),
  ]);
  pool.round({ load: { running: 4 } });
  const { url } = await openAdmin(pool, { editing: config.editing });
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults = complaintsOf(page);
  await page.goto(url);
  if (options.javaScriptEnabled !== false) await page.waitForSelector('#charts:not([hidden])');
  const close = async (expected = /^$/): Promise<void> => {
    assert.deepEqual(
      faults.filter((fault) => !expected.test(fault)),
      [],
    );
    await context.close();
  };
  return { config, page, close };
};

/** An answer that is no success stands in the console too. */
const REFUSED = /^console: Failed to load resource: the server responded with a status of 4/;

/** Opens the window of a secondary, and waits until it knows which state of the file it is for. */
const editing = async (page: Page, id: string) => {
  const looked = page.waitForResponse('**/api/config');
  await page.getByRole('button', { name: `Edit ${id}` }).click();
  const dialog = page.getByRole('dialog', { name: id });
  await dialog.waitFor();
  await looked;
  return dialog;
};

/** Agrees to what the window says that it would do. */
const save = async (dialog: Locator): Promise<void> => {
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
};

test('without script the page offers nothing that would not work', async () => {
  const { page, close } = await open({ javaScriptEnabled: false });
  assert.equal(await page.getByRole('button').count(), 0);
  await close();
});

test('a secondary is drained, weighed and brought back by clicks', async () => {
  const { config, page, close } = await open();
  const dialog = await editing(page, 'web2');
  assert.match((await dialog.textContent()) ?? '', /ready: takes its share of visitors/);
  assert.equal(await dialog.getByRole('button', { name: 'Ready' }).getAttribute('aria-pressed'), 'true');
  await dialog.getByRole('button', { name: 'Drain' }).click();
  await dialog.getByText('Before it counts').waitFor();
  assert.deepEqual(await dialog.locator('.diff .in').allTextContents(), [
    '+     { "id": "web2", "port": 8087, "weight": 2, "state": "drain" }',
  ]);
  assert.equal(config.read(), TEXT);
  await dialog.getByRole('button', { name: 'Back' }).click();
  await dialog.getByRole('button', { name: 'Drain' }).click();
  await save(dialog);
  assert.equal(config.read(), TEXT.replace('"weight": 2 }', '"weight": 2, "state": "drain" }'));

  await editing(page, 'web2');
  assert.equal(await dialog.getByLabel('Weight').inputValue(), '2');
  await dialog.getByLabel('Weight').fill('0.25');
  await dialog.getByRole('button', { name: 'Set weight' }).click();
  await save(dialog);
  assert.equal(config.read(), TEXT.replace('"weight": 2 }', '"weight": 0.25, "state": "drain" }'));

  await page.getByRole('button', { name: 'Versions of the file' }).click();
  const back = page.getByRole('button', { name: /^Bring back usher\.json until / });
  await back.first().waitFor();
  assert.equal(await back.count(), 2);
  await back.last().click();
  await save(page.getByRole('dialog'));
  assert.equal(config.read(), TEXT);
  await close();
});

test('who is out by a file is told with the file, and what changes nothing says so', async () => {
  const { config, page, close } = await open();
  const kept = '"id": "web2", "port": 8087, "weight": 2 }';
  const text = TEXT.replace(kept, `${kept},\n    { "id": "web3", "port": 8088 }`);
  config.write(text.replace('8088 }', '8088, "state": "ready" }'));
  const dialog = await editing(page, 'web3');
  assert.match(
    (await dialog.locator('.does').textContent()) ?? '',
    /until state\/maintenance\/web3 is removed$/,
  );
  await dialog.getByRole('button', { name: 'Ready' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.match((await dialog.getByRole('alert').textContent()) ?? '', /The config says so already/);
  await keepArtefact('edit-by-a-file.png', await page.screenshot());
  await dialog.getByRole('button', { name: 'Maintenance' }).click();
  await save(dialog);
  assert.equal(config.read(), text.replace('8088 }', '8088, "state": "maintenance" }'));
  await close();
});

test('a secondary is added, and taken out only when what that does was seen', async () => {
  const { config, page, close } = await open();
  await page.getByRole('button', { name: 'Add a secondary' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a secondary' });
  await dialog.getByLabel('Port of this host, or URL').fill('8088');
  await dialog.getByLabel('Weight').fill('3');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await save(dialog);
  assert.match(config.read(), /\{ "port": 8088, "weight": 3 \}\n {2}\]/);

  const one = await editing(page, 'web2');
  await one.getByRole('button', { name: 'Take out of the list' }).click();
  await one.getByText('Before it counts').waitFor();
  assert.match(config.read(), /web2/);
  await save(one);
  assert.doesNotMatch(config.read(), /web2/);
  await close();
});

test('a mistake is told with its line and column, and the file stays', async () => {
  const { config, page, close } = await open();
  await page.getByRole('button', { name: 'Add a secondary' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a secondary' });
  await dialog.getByLabel('Port of this host, or URL').fill('<b>6000');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const alert = dialog.getByRole('alert');
  await alert.waitFor();
  assert.match((await alert.textContent()) ?? '', /would have mistakes.*usher\.json:5:\d+: .*<b>6000/s);
  assert.equal(await alert.locator('b').count(), 0);
  assert.equal(config.read(), TEXT);
  await close(REFUSED);
});

test('whoever edits what another has edited meanwhile is told, and may then decide', async () => {
  const { config, page, close } = await open();
  const dialog = await editing(page, 'web1');
  const edited = TEXT.replace('8087', '8088');
  config.write(edited);
  await dialog.getByRole('button', { name: 'Maintenance' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.match((await dialog.getByRole('alert').textContent()) ?? '', /Somebody else has edited/);
  assert.equal(config.read(), edited);
  await dialog.getByLabel(/ends by itself/).fill('2030-01-31T06:00');
  await dialog.getByRole('button', { name: 'Maintenance' }).click();
  await save(dialog);
  const until = new Date('2030-01-31T06:00').toISOString();
  const state = `8086, "state": "maintenance", "until": "${until}" }`;
  assert.equal(config.read(), edited.replace('8086 }', state));
  await close(REFUSED);
});

test('editing can be looked at: light, dark, wide and on a phone', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, width, height] of [
      ['wide', 1280, 900],
      ['phone', 390, 844],
    ] as const) {
      const { page, close } = await open({ colorScheme, viewport: { width, height } });
      const keep = async (what: string): Promise<void> => {
        await keepArtefact(`edit-${what}-${colorScheme}-${name}.png`, await page.screenshot());
        assert.deepEqual(await page.evaluate(PALE), []);
        const tooWide = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        assert.ok(Number(tooWide) <= 0, `${what} ${name} is ${String(tooWide)} px too wide`);
      };
      await keep('page');
      const one = await editing(page, 'web1');
      await keep('one');
      await one.getByRole('button', { name: 'Take out of the list' }).click();
      await one.getByText('Before it counts').waitFor();
      await keep('sure');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Add a secondary' }).click();
      await page.getByLabel('Port of this host, or URL').fill('6000');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
      await keep('add');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Versions of the file' }).click();
      await page.getByText('Nothing was edited here yet').waitFor();
      await keep('versions');
      await close(REFUSED);
    }
  }
});
