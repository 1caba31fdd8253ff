import { constants, createReadStream } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setImmediate } from 'node:timers/promises';
import { parseNetwork, printNetwork } from '../model/network.ts';
import type { Id } from '../model/secondary.ts';
import { makeFolder } from '../stores/make-folder.ts';
import { isDraft, writeWhole } from '../stores/write-whole.ts';
import { LONGEST_MS, type Atlas, type Known, type Page } from './atlas.ts';

/** The file of the state folder in which an atlas outlives a restart. */
const NETWORKS = 'networks';
const TITLE = 'usher networks 1';

/** Somebody else's file is not read on and on. */
const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST_LINE = 1024;
/** So many lines, then whoever waits has his turn. */
const AT_ONCE = 200;
/** Clocks of two machines that share the folder may differ by so much. */
const SKEW_S = 60;

/** What a line is read with. */
export interface Reading {
  readonly slots: ReadonlyMap<Id, number>;
  /** seconds since 1970 */
  readonly now: number;
}

/**
 * One network in one line: `203.0.113.0/24 1764000000 web1=23.4/5@1764000000 …`, when it was heard of last, then of each
 * secondary how many milliseconds it takes, of how many measurements, when.
 */
export const printPage = ({ network, heardAt, known }: Page, ids: ReadonlyMap<number, Id>): string => {
  const words = known.flatMap(({ slot, ms, count, at }) => {
    const id = ids.get(slot);
    return id === undefined ? [] : [`${id}=${ms.toFixed(1)}/${count}@${at}`];
  });
  return words.length === 0 ? '' : `${printNetwork(network)} ${heardAt} ${words.join(' ')}\n`;
};

const WORD = /^([a-z0-9][a-z0-9._-]{0,62})=(\d{1,5}(?:\.\d)?)\/(\d{1,4})@(\d{1,11})$/;

/** Reads what `printPage` writes; `undefined` for a line that it did not write, or of which nothing counts any more. */
export const parsePage = (line: string, { slots, now }: Reading): Page | undefined => {
  if (line.length > LONGEST_LINE) return undefined;
  const [first = '', heard = '', ...words] = line.split(' ');
  const network = parseNetwork(first);
  const heardAt = /^\d{1,11}$/.test(heard) ? Number(heard) : Infinity;
  if (network < 0 || heardAt > now + SKEW_S) return undefined;
  const known = words.flatMap((word): Known[] => {
    const [, id = '', ms, count, at] = WORD.exec(word) ?? [];
    const slot = slots.get(id);
    const read = { ms: Number(ms), count: Number(count), at: Number(at) };
    const isSound = read.ms > 0 && read.ms <= LONGEST_MS && read.count > 0 && read.at <= now + SKEW_S;
    return slot === undefined || !isSound ? [] : [{ slot, ...read }];
  });
  return known.length === 0 ? undefined : { network, heardAt, known };
};

/**
 * Reads into an atlas what was written of it before, a few lines at a time: visitors come meanwhile. Anybody may have
 * written the file; a line that is none of ours is passed over, a file that is none is left alone.
 *
 * @param reading asked for each line: the list may change before the last one
 */
export const readAtlas = async (folder: string, atlas: Atlas, reading: () => Reading): Promise<void> => {
  let file;
  try {
    // without O_NONBLOCK, opening a pipe would wait for somebody to write into it
    file = await open(join(folder, NETWORKS), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return;
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MOST_BYTES) return;
    const stream = createReadStream('', { fd: file, autoClose: false, encoding: 'latin1', end: MOST_BYTES });
    let read = 0;
    for await (const line of createInterface({ input: stream })) {
      if (read === 0 && line !== TITLE) return;
      read += 1;
      const page = parsePage(line, reading());
      if (page !== undefined) atlas.restore(page);
      if (read % AT_ONCE === 0) await setImmediate();
    }
  } finally {
    await file.close();
  }
};

/** Writes an atlas, whole or not at all, readable by nobody else: it tells where visitors come from. */
export const writeAtlas = async (
  folder: string,
  atlas: Atlas,
  slots: ReadonlyMap<Id, number>,
): Promise<void> => {
  const ids = new Map(Array.from(slots, ([id, slot]) => [slot, id]));
  const text = async function* (): AsyncGenerator<string> {
    yield `${TITLE}\n`;
    for (let part = 0; part < atlas.parts; part += 1) {
      yield atlas
        .pages(part)
        .map((page) => printPage(page, ids))
        .join('');
      await setImmediate();
    }
  };
  await makeFolder(folder);
  await writeWhole(folder, NETWORKS, { text: text(), mode: 0o600 });
};

/** Clears away what a writer that was killed left half done. */
export const clearDrafts = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (name.startsWith(`.${NETWORKS}.`) && isDraft(name)) await rm(join(folder, name), { force: true });
  }
};
