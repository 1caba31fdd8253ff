import { chown, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readContent, type Content } from './sources.ts';

/** How many versions of each file are kept. */
const KEPT = 10;

/** Numbers tried where somebody else takes the next one at the same moment. */
const TRIES = 20;

/** A file as it was before one of our edits. Plain data. */
export interface Version {
  /** one sequence for all files of a folder; the newest has the highest */
  readonly number: number;
  /** the name of the file it is a version of, without its folder */
  readonly name: string;
  /** when it was kept, ISO 8601, by the clock of the disk */
  readonly keptAt: string;
  readonly bytes: number;
}

/** The versions of a file: its name and theirs, in one folder of the state folder. */
const folderOf = (stateFolder: string): string => join(stateFolder, 'versions');

const nameOf = ({ name, number }: Pick<Version, 'name' | 'number'>): string => `${name}.${String(number)}`;

/**
 * Keeps a text as the newest version of a file, and the last ten of that file.
 *
 * @returns its number; undefined where the state folder cannot be written
 */
export const keepVersion = async (
  stateFolder: string,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<number | undefined> => {
  const folder = folderOf(stateFolder);
  const name = basename(file);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await giveToOwner(folder, stateFolder);
    const number = await writeNew(folder, { name, text });
    await giveToOwner(join(folder, nameOf({ name, number })), stateFolder);
    const numbers = (await entriesOf(folder)).filter((one) => one.name === name);
    await Promise.all(
      numbers.slice(KEPT).map((old) => rm(join(folder, nameOf(old)), { force: true, recursive: true })),
    );
    return number;
  } catch {
    return undefined;
  }
};

/** The versions of these files, the newest first. */
export const listVersions = async (
  stateFolder: string,
  files: readonly string[],
): Promise<readonly Version[]> => {
  const names = new Set(files.map((file) => basename(file)));
  const folder = folderOf(stateFolder);
  const found = (await entriesOf(folder)).filter(({ name }) => names.has(name));
  const versions = await Promise.all(
    found.map(async (one) => {
      const about = await stat(join(folder, nameOf(one))).catch(() => undefined);
      return about?.isFile() === true
        ? [{ ...one, keptAt: about.mtime.toISOString(), bytes: about.size }]
        : [];
    }),
  );
  return versions.flat();
};

/** The text of a version. */
export const readVersion = (
  stateFolder: string,
  version: Pick<Version, 'name' | 'number'>,
): Promise<Content> => readContent(join(folderOf(stateFolder), nameOf(version)));

/** The newest first; whatever else lies in the folder is none of ours. */
const entriesOf = async (folder: string): Promise<readonly Pick<Version, 'name' | 'number'>[]> => {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((entry) => {
      const [, name, number] = /^(.+)\.(\d{1,15})$/.exec(entry) ?? [];
      return name === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((one, other) => other.number - one.number);
};

/** Under the next number that is free. It may hold the proof of a password: nobody else may read it. */
const writeNew = async (
  folder: string,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<number> => {
  const [newest] = await entriesOf(folder);
  let number = (newest?.number ?? 0) + 1;
  for (let tries = 1; ; tries += 1, number += 1) {
    const path = join(folder, nameOf({ name, number }));
    const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
      if (tries < TRIES && (error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    });
    if (handle === undefined) continue;
    try {
      await handle.writeFile(text);
      await handle.sync();
      return number;
    } catch (error) {
      // half a version would be a trap
      await rm(path, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }
};

/** What root writes, as with `sudo usher drain`, belongs to whom the state folder belongs to. */
const giveToOwner = async (path: string, stateFolder: string): Promise<void> => {
  const { uid, gid } = await stat(stateFolder);
  await chown(path, uid, gid).catch(() => undefined);
};
