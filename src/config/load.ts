import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { valueAt } from './explain.ts';
import { parseObject, parseSources, type Means, type Parsed } from './parse.ts';
import type { Registries } from './schema/schema.ts';
import { fingerprintOf, readSources, whyUnread, type Sources } from './sources.ts';
import { tlsFlaws } from './tls-files.ts';

/** A config read from its files. */
export type Loaded = Parsed & {
  /** the config and, if it is a file of its own, the list; as paths that `watchConfig` looks at */
  readonly files: readonly string[];
  /** tells whether the files were changed since */
  readonly fingerprint: string;
  /** why a file could not be read this time, though it may be in order: this machine is short of something */
  readonly unread?: string;
};

/**
 * Reads `usher.json`, and the file of its list if it names one. Never throws for what stands in them or keeps them
 * from being read: that comes back as mistakes, all of them, each with its place.
 *
 * @param file as it was given; mistakes repeat it so
 */
export const loadConfig = async (file: string, registries: Registries): Promise<Loaded> => {
  const sources = await readSources(file);
  const parsed = await parseConfig(sources, registries);
  const files = [sources, ...(sources.list === undefined ? [] : [sources.list])];
  const contents = files.map((one) => one.content);
  const unread = whyUnread(contents);
  return {
    ...parsed,
    files: files.map((one) => one.file),
    fingerprint: fingerprintOf(contents),
    ...(unread === undefined ? {} : { unread }),
  };
};

/** Checks a config whose files were read, as `loadConfig` does. */
export const parseConfig = async (sources: Sources, registries: Registries): Promise<Parsed> => {
  const means = await meansIn(dirname(resolve(sources.file)), registries);
  const { parsed, raw, placed } = parseSources(sources, means);
  if (!parsed.ok) return parsed;
  const flaws = await tlsFlaws(parsed.settings.listen, valueAt(raw, ['listen']));
  return flaws.length === 0 ? parsed : { ok: false, mistakes: placed(flaws) };
};

/**
 * Checks a config that a program hands over as an object, as in `usher({ secondaries: [{ port: 8086 }] })`. Relative
 * file names are meant from `folder`.
 */
export const settingsFrom = async (
  config: unknown,
  registries: Registries,
  folder: string,
): Promise<Parsed> => parseObject(config, await meansIn(folder, registries));

// zod is loaded only when a config is read: the threads that answer visitors never do
const meansIn = async (folder: string, registries: Registries): Promise<Means> => ({
  zod: (await import('zod')).z,
  registries,
  folder,
  cores: availableParallelism(),
});
