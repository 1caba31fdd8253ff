import { constants } from 'node:fs';
import { lchown, lstat, mkdir, open, readdir, realpath, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { crypto } from '../../node-crypto.ts';
import { readContent, type Content } from '../sources.ts';

/** How many versions of each file are kept. */
const KEPT = 10;

/** Numbers tried where somebody else takes the next one at the same moment. */
const TRIES = 20;

/** A file as it was before one of our edits. Plain data. */
export interface Version {
  /** one sequence for all files of a config; the newest has the highest */
  readonly number: number;
  /** the file it is a version of, as seen from the folder of the config */
  readonly name: string;
  /** when it was kept, ISO 8601, by the clock of the disk */
  readonly keptAt: string;
  readonly bytes: number;
}

/** A version, and the file it goes back into. */
export interface VersionOf {
  readonly version: Version;
  /** as it was given */
  readonly file: string;
}

/**
 * Where the versions of a config lie, and those of its list: beside it, so that several machines or configs that share a
 * state folder, or have files of one name, never meet those of another.
 */
export const versionsFolder = async (config: string): Promise<string> =>
  join(dirname(await realOf(config)), '.usher-versions');

interface Entry {
  readonly key: string;
  readonly number: number;
}

const entryOf = ({ key, number }: Entry): string => `${key}.${String(number)}`;

/** What the versions of a file are called: by its name; one from elsewhere, which may bear the same, also by its place. */
const keyOf = async (config: string, file: string): Promise<string> => {
  const [folder, real] = [dirname(await realOf(config)), await realOf(file)];
  const name = basename(real);
  if (dirname(real) === folder) return name;
  const place = crypto.createHash('sha256').update(relative(folder, real)).digest('hex').slice(0, 12);
  return `${name}~${place}`;
};

/** Where a file really lies, also one that is not there. */
const realOf = async (file: string): Promise<string> => {
  const path = resolve(file);
  return realpath(path).catch(async () =>
    join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path)),
  );
};

/**
 * Keeps what stands in a file now, byte for byte, as its newest version; `settleVersions` is due once the file was
 * replaced, or could not be.
 *
 * @param config whose file it is
 * @returns its number; undefined where there is nothing to keep: no file, or an empty one
 * @throws where it cannot be read, or there is no writing beside the config
 */
export const keepVersion = async (config: string, file: string): Promise<number | undefined> => {
  const source = await openPlain(file);
  if (source === undefined) return undefined;
  try {
    const { size } = await source.stat();
    if (size === 0) return undefined;
    const folder = await makeFolder(config);
    const key = await keyOf(config, file);
    return await copyNew(folder, { key, source, size });
  } finally {
    await source.close();
  }
};

/**
 * Leaves the last ten versions of a file, and takes away those that were kept in vain: the file stayed as it was. Where
 * that cannot be done they stay.
 */
export const settleVersions = async (
  config: string,
  { file, inVain }: { readonly file: string; readonly inVain: readonly number[] },
): Promise<void> => {
  const folder = await versionsFolder(config);
  const key = await keyOf(config, file);
  const kept = (await entriesOf(folder)).filter((one) => one.key === key);
  const standing = kept.filter(({ number }) => !inVain.includes(number));
  const gone = [...kept.filter(({ number }) => inVain.includes(number)), ...standing.slice(KEPT)];
  const drop = (old: Entry): Promise<void> =>
    rm(join(folder, entryOf(old)), { force: true, recursive: true }).catch(() => undefined);
  await Promise.all(gone.map(drop));
};

/** The versions of these files of a config, the newest first. */
export const listVersions = async (
  config: string,
  files: readonly string[],
): Promise<readonly VersionOf[]> => {
  const home = dirname(await realOf(config));
  const folder = await versionsFolder(config);
  const byKey = new Map<string, string>();
  for (const file of files) byKey.set(await keyOf(config, file), file);
  const entries = await entriesOf(folder);
  const versions = await Promise.all(
    entries.map(async (entry) => {
      const file = byKey.get(entry.key);
      if (file === undefined) return [];
      const about = await lstat(join(folder, entryOf(entry))).catch(() => undefined);
      if (about?.isFile() !== true) return [];
      const name = relative(home, await realOf(file));
      const { number } = entry;
      return [{ file, version: { number, name, keptAt: about.mtime.toISOString(), bytes: about.size } }];
    }),
  );
  return versions.flat();
};

/** What stands in a version of a file of a config. */
export const readVersion = async (
  config: string,
  { file, version: { number } }: VersionOf,
): Promise<Content> =>
  readContent(join(await versionsFolder(config), entryOf({ key: await keyOf(config, file), number })));

/** The newest first; whatever else lies in the folder is none of ours. */
const entriesOf = async (folder: string): Promise<readonly Entry[]> => {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((entry) => {
      const [, key, number] = /^(.+)\.(\d{1,15})$/.exec(entry) ?? [];
      return key === undefined ? [] : [{ key, number: Number(number) }];
    })
    .sort((one, other) => other.number - one.number);
};

/** Never waits for a pipe. */
const openPlain = async (file: string): Promise<FileHandle | undefined> => {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  });
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error('it is no plain file');
};

const makeFolder = async (config: string): Promise<string> => {
  const folder = await versionsFolder(config);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // by a link in its place, root could be made to write elsewhere
  if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
  await giveToOwner(folder);
  return folder;
};

/** Under the next number that is free. It may hold the proof of a password: nobody else may read it. */
const copyNew = async (
  folder: string,
  { key, source, size }: { readonly key: string; readonly source: FileHandle; readonly size: number },
): Promise<number> => {
  const [newest] = await entriesOf(folder);
  let number = (newest?.number ?? 0) + 1;
  for (let tries = 1; ; tries += 1, number += 1) {
    const path = join(folder, entryOf({ key, number }));
    const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
      if (tries < TRIES && (error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    });
    if (handle === undefined) continue;
    try {
      const bytes = source.createReadStream({ autoClose: false, start: 0, end: size - 1 });
      for await (const chunk of bytes) await handle.writeFile(chunk as Buffer);
      await handle.sync();
      await giveToOwner(path);
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

/** What root writes, as with `sudo usher drain`, belongs to whom the folder belongs to that it lies in. */
const giveToOwner = async (path: string): Promise<void> => {
  const { uid, gid } = await stat(dirname(path));
  await lchown(path, uid, gid).catch(() => undefined);
};
