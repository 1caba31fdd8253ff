// Run in a process of its own by replace-file.test.ts, with a folder of 64 KiB: what becomes of a file that does not fit.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../src/config/replace-file.ts';

const folder = process.argv[2] ?? '';
const file = join(folder, 'usher.json');
await writeFile(file, 'old');
const told = await replaceFile(file, async () => 'x'.repeat(1_000_000)).then(
  () => 'nothing',
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
const [text, names] = [await readFile(file, 'utf8'), await readdir(folder)];
process.stdout.write(JSON.stringify({ told, text, names }));
