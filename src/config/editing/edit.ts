import { ActionableError } from '../../errors.ts';
import type { State } from '../../model/secondary.ts';
import { applyEdits, type Edit } from './apply-edits.ts';
import { likely } from '../likely.ts';
import { parseConfig } from '../load.ts';
import type { Mistake } from '../mistake.ts';
import { overstep, reservedOf, type Reserved } from './reserved.ts';
import { replaceFile } from './replace-file.ts';
import type { Registries } from '../schema/schema.ts';
import type { Settings } from '../settings.ts';
import type { Parsed } from '../parse.ts';
import { isTooLarge, readSources, tagOf, type Content, type Sources } from '../sources.ts';
import { keepVersion, listVersions, readVersion, settleVersions } from './versions.ts';

/** An edit that was refused; the files are as they were. */
export interface Refused {
  readonly ok: false;
  /** the config has mistakes already; it would have some; somebody else edited it meanwhile */
  readonly because: 'broken' | 'would-break' | 'outdated';
  /** of the files as they are, or as they would be; empty where they are outdated */
  readonly mistakes: readonly Mistake[];
}

/** What an edit did; or why it was refused. */
export type Edited =
  | {
      readonly ok: true;
      /** the file that was edited: the config's own, or that of its list */
      readonly file: string;
      readonly before: string;
      /** the same as before where there was nothing to do */
      readonly after: string;
      readonly settings: Settings;
      /** of the files as they are now, for the next edit's `onlyIf` */
      readonly tag: string;
      /** number of the version that holds what was there before; absent: nothing to do, or it could not be kept */
      readonly version?: number;
      /** programs that the file names no more; known where something is reserved */
      readonly takenOut: readonly string[];
    }
  | Refused;

/** A config to be edited. */
export interface Editable {
  /** milliseconds since 1970: no state is given an end that is past by then; absent: any may be */
  readonly wallMs?: number;
  /** its `usher.json` */
  readonly file: string;
  readonly registries: Registries;
  /** the edit counts only while the files are those that have this tag; absent: whatever they are */
  readonly onlyIf?: string;
  /** only says what it would do; nothing is written */
  readonly isDry?: boolean;
  /** the edit can neither bring in nor change what is for the file only; absent: it may do anything */
  readonly reserved?: {
    /** what is in force, for a file that has mistakes now */
    readonly inForce: Reserved;
    /** programs that edits from there have taken out */
    readonly takenOut: readonly string[];
  };
}

/** What is to stand in which file. */
interface Plan {
  readonly file: string;
  readonly before: string;
  readonly after: Content;
  /** what stands there now must be kept, or nothing is done: it may be worth more than what comes */
  readonly mustKeep?: true;
}

/** From the files as they are to what is to stand in one of them. */
type Planner = (sources: Sources, judge: Judge) => Promise<Plan | Refused>;

/** Reads what stands in the files. */
type Judge = (sources: Sources) => Promise<Parsed>;

/** What an edit reads it reads twice, as it is planned and as it is carried out: the same texts are judged once. */
const judging = (registries: Registries): Judge => {
  const judged = new Map<string, Promise<Parsed>>();
  return (sources) => {
    const tag = tagOf(sources);
    const parsed = judged.get(tag) ?? parseConfig(sources, registries);
    judged.set(tag, parsed);
    return parsed;
  };
};

/**
 * Edits a config in the file that holds what is edited, so that only that changes. Refused where the config has
 * mistakes before or would have some after. Two edits at once, also of two processes, come one after the other. The
 * text before is kept as a version.
 *
 * @param edits from the settings as they are to the changes; paths are those of a config with its list in it, and
 *   either all of them lead into `secondaries` or none
 */
export const editConfig = (
  editable: Editable,
  edits: (settings: Settings) => readonly Edit[],
): Promise<Edited> => carryOut(editable, planOf(edits));

/**
 * Sets what the operator wants of a secondary, in the file that lists it.
 *
 * @throws NotThere when the config has no such secondary
 * @throws TooLarge when the file would be
 */
export const setState = (
  editable: Editable,
  { id, state, until }: { readonly id: string; readonly state: State; readonly until?: string },
): Promise<Edited> =>
  editConfig(editable, (settings) => {
    refusePast(until, editable);
    return valuesOf(settings, id, { state, ...(until === undefined ? {} : { until }) });
  });

/**
 * The edits that give a secondary these values. A state without an end takes away the end of the one before; so does
 * an end that is `null`.
 *
 * @throws NotThere when the config has no such secondary
 */
export const valuesOf = (
  settings: Settings,
  id: string,
  values: Readonly<Record<string, unknown>>,
): readonly Edit[] => {
  const index = indexOf(settings, id);
  const { untilAt, ...before }: { readonly untilAt?: number } = settings.secondaries[index] ?? {};
  const known: Readonly<Record<string, unknown>> = {
    ...before,
    until: untilAt === undefined ? null : new Date(untilAt).toISOString(),
  };
  const wanted = 'state' in values && !('until' in values) ? { ...values, until: null } : values;
  return Object.entries(wanted)
    .filter(([key, value]) => known[key] !== value)
    .map(([key, value]) => ({
      path: ['secondaries', index, key],
      ...(key === 'until' && value === null ? {} : { value }),
    }));
};

/**
 * Brings a version back, whatever stands in the file now; that is kept as a version too, byte for byte.
 *
 * @throws NotThere when there is no such version
 * @throws ActionableError when what stands there now cannot be kept
 */
export const restoreVersion = (editable: Editable, number: number): Promise<Edited> =>
  carryOut(editable, async (sources) => {
    const files = filesOf(sources);
    const versions = await listVersions(
      editable.file,
      files.map(({ file }) => file),
    );
    const found = versions.find(({ version }) => version.number === number);
    const page = files.find(({ file }) => file === found?.file);
    if (found === undefined || page === undefined) throw noSuchVersion(number);
    const before = page.content.ok ? page.content.text : '';
    const after = await readVersion(editable.file, found);
    return { file: page.file, before, after, mustKeep: true };
  });

/**
 * Where a secondary stands in the list.
 *
 * @throws NotThere when the config has no such secondary
 */
export const indexOf = ({ secondaries }: Settings, id: string): number => {
  const index = secondaries.findIndex((secondary) => secondary.id === id);
  if (index >= 0) return index;
  throw noSuchSecondary(
    id,
    secondaries.map((secondary) => secondary.id),
  );
};

const carryOut = async (editable: Editable, planner: Planner): Promise<Edited> => {
  const judge = judging(editable.registries);
  const first = await tried(editable, planner, judge);
  if (!first.ok || first.after === first.before || editable.isDry === true) return first;
  let last: Edited = first;
  const versions: number[] = [];
  try {
    await replaceFile(first.file, async () => {
      // somebody else may have edited it while we waited
      const again = await tried(editable, planner, judge);
      last = again;
      if (!again.ok || again.file !== first.file || again.after === again.before) return undefined;
      const version = await kept(editable.file, again);
      if (version !== undefined) versions.push(version);
      const { mustKeep: _, ...edited } = again;
      last = { ...edited, ...(version === undefined ? {} : { version }) };
      return again.after;
    });
  } catch (error) {
    await settleVersions(editable.file, { file: first.file, inVain: versions });
    throw error;
  }
  const inVain = versions.filter((version) => !last.ok || version !== last.version);
  await settleVersions(editable.file, { file: first.file, inVain });
  return last;
};

/** The number of the version that holds what stands in the file now. */
const kept = async (config: string, { file, mustKeep }: Tried): Promise<number | undefined> => {
  try {
    return await keepVersion(config, file);
  } catch (error) {
    if (mustKeep !== true) return undefined;
    const { message } = error as Error;
    throw new ActionableError(
      `What stands in ${file} now could not be kept: ${message}. It is as it was.`,
      'See to it that there is room and writing beside the config, or put the file aside yourself.',
    );
  }
};

/** What an edit would do. */
type Tried = Extract<Edited, { readonly ok: true }> & Pick<Plan, 'mustKeep'>;

const tried = async (editable: Editable, planner: Planner, judge: Judge): Promise<Tried | Refused> => {
  const { file, onlyIf, reserved } = editable;
  const sources = await readSources(file);
  if (onlyIf !== undefined && tagOf(sources) !== onlyIf)
    return { ok: false, because: 'outdated', mistakes: [] };
  const plan = await planner(sources, judge);
  if ('ok' in plan) return plan;
  const { after, ...rest } = plan;
  const changed = await withContent(sources, plan.file, after);
  const parsed = await judge(changed);
  if (!parsed.ok || !after.ok)
    return { ok: false, because: 'would-break', mistakes: parsed.ok ? [] : parsed.mistakes };
  const told = {
    ok: true,
    ...rest,
    after: after.text,
    settings: parsed.settings,
    tag: tagOf(changed),
  } as const;
  if (reserved === undefined) return { ...told, takenOut: [] };
  // The file may have been edited a moment ago, and not be in force yet.
  const before = await judge(sources);
  const known = before.ok ? reservedOf(before.settings) : reserved.inForce;
  const beyond = overstep(parsed.settings, known, reserved.takenOut);
  if (beyond !== undefined) throw beyond;
  const named = new Set(reservedOf(parsed.settings).programs);
  return { ...told, takenOut: known.programs.filter((program) => !named.has(program)) };
};

const planOf =
  (edits: (settings: Settings) => readonly Edit[]): Planner =>
  async (sources, judge) => {
    const parsed = await judge(sources);
    if (!parsed.ok) return { ok: false, because: 'broken', mistakes: parsed.mistakes };
    const wanted = edits(parsed.settings);
    const isListed = sources.list !== undefined && wanted.some(({ path }) => path[0] === 'secondaries');
    const page = isListed ? sources.list : sources;
    // parsed, so both could be read
    const before = page.content.ok ? page.content.text : '';
    const after = applyEdits(
      before,
      isListed ? wanted.map((edit) => ({ ...edit, path: edit.path.slice(1) })) : wanted,
    );
    if (isTooLarge(after)) throw tooLarge(page.file);
    return { file: page.file, before, after: { ok: true, text: after } };
  };

const filesOf = (sources: Sources) => [sources, ...(sources.list === undefined ? [] : [sources.list])];

/** The sources with this content in one of the files; a config may name another list then. */
const withContent = async (sources: Sources, file: string, content: Content): Promise<Sources> =>
  sources.list?.file === file ? { ...sources, list: { file, content } } : readSources(sources.file, content);

/** A state was to have an end that is past. */
export class IsOver extends ActionableError {}

/**
 * What the file says of an end stays valid when it has come, but nobody means to set one that has.
 *
 * @throws IsOver
 */
export const refusePast = (until: unknown, { wallMs = -Infinity }: Pick<Editable, 'wallMs'>): void => {
  // whatever else it is the schema judges
  if (typeof until !== 'string' || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(until)) return;
  if (!(Date.parse(until) <= wallMs)) return;
  throw new IsOver(
    `${until.slice(0, 40)} is over already.`,
    `Name an instant after ${new Date(wallMs).toISOString()}, or none.`,
  );
};

/** Nobody could read the file any more. */
export class TooLarge extends ActionableError {}

const tooLarge = (file: string): TooLarge =>
  new TooLarge(
    `${file} would be larger than 4 MiB then, the most that a config may have. It is as it was.`,
    'Take something out of it first; a list may stand in a file of its own: "secondaries": "list.json".',
  );

/** What was to be edited is not there. */
export class NotThere extends ActionableError {}

const noSuchSecondary = (id: string, ids: readonly string[]): NotThere => {
  const guess = likely(id, ids);
  const shown = ids.length > 20 ? [...ids.slice(0, 20), '…'] : ids;
  return new NotThere(
    `The config has no secondary ${JSON.stringify(id)}.`,
    guess === undefined ? `It has ${shown.join(', ')}.` : `Did you mean ${guess}?`,
  );
};

const noSuchVersion = (number: number): NotThere =>
  new NotThere(`There is no version ${String(number)} of the config.`, 'The last ten of each file are kept.');
