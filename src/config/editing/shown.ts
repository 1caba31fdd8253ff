import { withoutSecrets } from '../secrets.ts';
import { readSources, tagOf } from '../sources.ts';
import { listVersions, type Version } from './versions.ts';

/** A config as it lies on the disk, as an editor needs it. Plain data. */
export interface Shown {
  readonly file: string;
  /** tells this state of it from every other */
  readonly tag: string;
  /** the list as it is written, but for secrets; empty where it cannot be read */
  readonly secondaries: readonly unknown[];
  /** the newest first */
  readonly versions: readonly Version[];
}

/**
 * Reads a config without judging it. Nothing of it but the list, and of that no secrets; the arguments of programs are
 * shown as they are.
 */
export const readShown = async (file: string): Promise<Shown> => {
  const sources = await readSources(file);
  const files = [file, ...(sources.list === undefined ? [] : [sources.list.file])];
  const { content } = sources.list ?? sources;
  const value = content.ok ? valueOf(content.text) : undefined;
  const list = sources.list === undefined ? listIn(value) : value;
  return {
    file,
    tag: tagOf(sources),
    secondaries: Array.isArray(list) ? list.map((one) => withoutSecrets(one)) : [],
    versions: (await listVersions(file, files)).map(({ version }) => version),
  };
};

const listIn = (config: unknown): unknown =>
  typeof config === 'object' && config !== null && Object.hasOwn(config, 'secondaries')
    ? (config as { readonly secondaries: unknown }).secondaries
    : undefined;

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
