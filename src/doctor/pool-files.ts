import { STALE_AFTER_INTERVALS } from '../model/pool.ts';
import { printable } from '../wire/printable.ts';
import type { Facts, PoolFileSeen } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** A file written on another machine carries that machine's clock, and this much is allowed to it. */
const CLOCK_MS = 5000;

/** Whether the two files bring news, of this pool, from whoever should write them. */
export const poolFiles = (facts: Facts): Examined => {
  const { folder, poolFiles: files, settings } = facts;
  if (files === undefined) return { findings: [] };
  const { path, mode, trouble } = folder;
  if (mode === undefined) {
    if (trouble === undefined)
      return { findings: [], fine: `files: ${path} is not there yet; the first start makes it` };
    return { findings: [of(`The folder ${path} cannot be used: ${trouble}.`, OWNER)] };
  }
  const findings: Finding[] = [];
  if (trouble !== undefined && settings.checks.worker === 'own') {
    findings.push(of(`The worker cannot write into ${path}: ${trouble}.`, OWNER));
  }
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
    const what = `Every user of this machine may write into ${path} (mode ${(mode & 0o7777).toString(8)}), and so say which secondaries are up.`;
    findings.push(of(what, `chmod o-w ${path}`));
  }
  findings.push(...files.flatMap((file) => judge(file, facts)));
  return { findings, fine: 'files: pingfile and sitefile are fresh and of this pool' };
};

const OWNER =
  'Let the user that Usher runs as write there (chown), or name another folder in "checks": { "files": "…" }.';

/** Nothing of this hurts visitors by itself: news that cannot be used makes the primary ask for itself. */
const of = (what: string, remedy: string): Finding => ({ hurts: 'nobody', about: 'files', what, remedy });

const judge = (file: PoolFileSeen, { settings, wall }: Facts): readonly Finding[] => {
  const { path, trouble, ids, writtenAt, everyMs = settings.checks.everyMs } = file;
  if (trouble !== undefined) {
    return [of(`${path} cannot be used: ${printable(trouble)}.`, 'Mend whatever writes it, or remove it.')];
  }
  if (ids === undefined) {
    return [of(`${path} is not there: nobody has written it.`, 'Start Usher, or its worker: usher worker')];
  }
  const findings: Finding[] = [];
  const ageMs = writtenAt === undefined ? 0 : wall - writtenAt;
  if (ageMs > STALE_AFTER_INTERVALS * everyMs + CLOCK_MS) {
    const what = `${path} was last written ${Math.round(ageMs / 1000)} seconds ago, and should be every ${Math.round(everyMs / 100) / 10}: it is stale, and the primary asks for itself.`;
    findings.push(of(what, 'Start the worker again, and see that its clock is right.'));
  }
  const known = new Set(settings.secondaries.map(({ id }) => id));
  const foreign = ids.filter((id) => !known.has(id));
  const missing = [...known].filter((id) => !ids.includes(id));
  if (foreign.length > 0 && missing.length > 0) {
    const what = `${path} is of another pool: it tells of ${printable(listOf(foreign))}, which the config does not have, and not of ${listOf(missing)}.`;
    findings.push(of(what, 'Give each Usher a folder of its own, or its worker the same config.'));
  }
  return findings;
};
