import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { doctor } from '../../src/cli/doctor.ts';
import type { Diagnosis } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { runCommand } from '../cli/run-command.ts';
import { tempFolder } from '../real/program.ts';
import { freePort } from '../real/port.ts';

/** What the doctor said of a set-up. */
export interface Told extends Diagnosis {
  readonly code: number;
}

/** A set-up as a test states it. */
export interface SetUp {
  /** what differs from a listener on a free port of loopback */
  readonly config: object;
  readonly args?: readonly string[];
  /** files of the config's folder, with their permissions */
  readonly files?: Readonly<Record<string, { readonly text: string; readonly mode?: number }>>;
}

/** Runs `usher doctor --json` in a folder of its own. */
export const diagnose = async (t: TestContext, { config, args = [], files = {} }: SetUp): Promise<Told> => {
  const { folder, remove } = await tempFolder();
  t.after(remove);
  for (const [name, { text, mode = 0o644 }] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, mode);
  }
  const listen = [{ host: '127.0.0.1', port: await freePort() }];
  await writeFile(join(folder, 'usher.json'), JSON.stringify({ listen, ...config }));
  const { code, out, err } = await runCommand(doctor, ['--json', ...args], { cwd: folder });
  if (out === '') throw new Error(err);
  return { code, ...(JSON.parse(out) as Diagnosis) };
};

/** The findings about something. */
export const about = ({ findings }: Diagnosis, what: string): readonly Finding[] =>
  findings.filter((finding) => finding.about === what);
