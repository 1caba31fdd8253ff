// Run in a process of its own by replace-file.test.ts, with a folder of 64 KiB: what becomes of a file that does not fit,
// where the lock fits and where not even that does; and whether it can be edited as soon as there is room.
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../../src/config/editing/replace-file.ts';

const folder = process.argv[2] ?? '';
const file = join(folder, 'usher.json');
await writeFile(file, 'old');
const replaced = async (content: string) => {
  const told = await replaceFile(file, async () => content).then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { told, text: await readFile(file, 'utf8'), names: (await readdir(folder)).sort() };
};

const large = await replaced('x'.repeat(1_000_000));
const filler = join(folder, 'zeros');
const handle = await open(filler, 'w');
const page = Buffer.alloc(4096);
while (await handle.write(page).catch(() => undefined));
await handle.close();
const full = await replaced('new');
await rm(filler);
const roomy = await replaced('new');
process.stdout.write(JSON.stringify({ large, full, roomy }));
