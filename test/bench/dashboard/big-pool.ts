import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../real/port.ts';
import type { Program, Programs } from '../programs.ts';

const launcher = fileURLToPath(new URL('../../../src/usher.js', import.meta.url));

/** How often every secondary has another answer time and another load. */
const EVERY_MS = 2000;

/** An Usher of many secondaries, of whom the two files tell something new every two seconds. */
export interface BigPool {
  readonly program: Program;
  readonly port: number;
  /** of the admin door, with a slash at the end */
  readonly adminUrl: string;
  readonly stop: () => Promise<void>;
}

/** What a big pool is made of. */
export interface BigPoolOptions {
  readonly programs: Programs;
  readonly secondaries: number;
  readonly folder: string;
  /** as taskset has them; absent: any */
  readonly cpus?: string;
}

/** Starts it. The files are written here, so that what writing costs is not taken for Usher's. */
export const startBigPool = async ({
  programs,
  secondaries,
  folder,
  cpus,
}: BigPoolOptions): Promise<BigPool> => {
  const own = mkdtempSync(join(folder, 'pool-'));
  const ids = Array.from({ length: secondaries }, (_, nth) => `web${nth}`);
  const [port, adminPort] = [await freePort(), await freePort()];
  mkdirSync(join(own, 'state'));
  writeFileSync(
    join(own, 'usher.json'),
    JSON.stringify({
      listen: [{ host: '127.0.0.1', port }],
      admin: { listen: `127.0.0.1:${adminPort}` },
      threads: 1,
      affinity: false,
      checks: { from: 'cached', worker: 'elsewhere', freshen: 0, every: '2s' },
      secondaries: ids.map((id) => ({ id, url: `http://${id}.example.org` })),
    }),
  );
  const stopWriting = keepWriting(join(own, 'state'), ids);
  const start = { argv: [process.execPath, launcher, 'start'] as const, cwd: own, ready: /"type":"started"/ };
  const program = await programs.serve(
    { ...start, argv: [...start.argv], ...(cpus === undefined ? {} : { cpus }) },
    port,
  );
  return {
    program,
    port,
    adminUrl: `http://127.0.0.1:${adminPort}/`,
    stop: async () => {
      stopWriting();
      await program.stop();
    },
  };
};

const keepWriting = (folder: string, ids: readonly string[]): (() => void) => {
  const beganAt = Date.now();
  let seq = 0;
  const put = (name: string, rowOf: (nth: number) => object): void => {
    const secondaries = Object.fromEntries(ids.map((id, nth) => [id, rowOf(nth)]));
    const head = { writer: 'the benchmark', seq, writtenAt: Date.now(), everyMs: EVERY_MS };
    const draft = join(folder, `.${name}`);
    writeFileSync(draft, JSON.stringify({ ...head, secondaries }));
    renameSync(draft, join(folder, name));
  };
  const write = (): void => {
    seq += 1;
    const now = Date.now();
    const at = (nth: number): number => now - (nth % (EVERY_MS - 100));
    put('sitefile', (nth) => ({
      at: at(nth),
      running: (nth + seq) % 7,
      sessions: 40 + ((nth * 7 + seq) % 11),
    }));
    put('pingfile', (nth) => ({
      ...{ health: 'up', since: beganAt - 100_000 - nth, passes: 50 + seq, fails: 0 },
      evidence: { check: 'http', at: at(nth), tookMs: 1 + ((nth + seq) % 30) / 10 },
    }));
  };
  write();
  const timer = setInterval(write, EVERY_MS);
  return () => {
    clearInterval(timer);
  };
};
