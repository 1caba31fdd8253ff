import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionableError } from '../../src/errors.ts';
import { askRaw, requestText, type RawReply } from '../outside/raw.ts';
import { freePort } from '../real/port.ts';
import type { Cores } from './cores.ts';
import { inTurn } from './in-turn.ts';
import type { Job, Peer } from './peer.ts';
import type { Programs } from './programs.ts';
import type { CaseResult, Row, Sample } from './result.ts';
import { cpuUsOf, familyOf } from './usage.ts';
import { NoAnswer, runWrk, type Load, type Loaded } from './wrk.ts';

/** What every case works with. */
export interface Bench {
  /** how often every contender has its turn */
  readonly rounds: number;
  /** length of one turn */
  readonly seconds: number;
  /** how long everybody works before the first round that counts; half of it where turns are shorter */
  readonly warmUpSeconds: number;
  /** a first impression is enough */
  readonly isQuick: boolean;
  readonly peers: readonly Peer[];
  readonly cores: Cores;
  readonly programs: Programs;
  /** temporary; goes when the benchmark ends */
  readonly folder: string;
  /** Tells the person who waits what is being done. */
  readonly progress: (doing: string) => void;
  /** Tells him what happened on the way; nothing is missing for it. */
  readonly remark: (what: string) => void;
  /** Tells him what could not be measured; the rest goes on. */
  readonly complain: (what: string) => void;
}

/** One file in `cases/`, one line in its `index.ts`. */
export interface Case {
  readonly name: string;
  /** heads its table */
  readonly title: string;
  readonly run: (bench: Bench) => Promise<Omit<CaseResult, 'name' | 'title'>>;
}

/** Somebody whose turn it is in every round. */
export interface Contender {
  readonly name: string;
  readonly peer: Peer;
  /** how its job differs from the usual one */
  readonly job?: Partial<Omit<Job, 'folder' | 'port'>>;
  /** how its load differs */
  readonly load?: (running: Running) => Promise<Partial<Load>>;
}

/** A server under way. */
export interface Running {
  /** of its contender */
  readonly name: string;
  readonly job: Job;
  readonly port: number;
  /** of all its processes */
  readonly pids: () => readonly number[];
  readonly stop: () => Promise<void>;
}

const SECONDARIES = [8086, 8087] as const;
const VISITORS_HOST = 'www.example.org';

let folders = 0;

/** Starts a contender and waits until it listens. */
export const startContender = async (
  bench: Bench,
  { name, peer, job: wishes }: Contender,
): Promise<Running> => {
  folders += 1;
  const folder = join(bench.folder, `${folders}`);
  await mkdir(folder);
  await chmod(folder, 0o755);
  const port = await freePort();
  const job: Job = {
    folder,
    port,
    cpus: bench.cores.server,
    threads: 1,
    secondaries: SECONDARIES,
    affinity: true,
    ...wishes,
  };
  const recipe = await peer.prepare(job);
  const program = await bench.programs.serve({ ...recipe, cpus: job.cpus, cwd: folder }, port);
  return { name, job, port, pids: () => familyOf(program.pid), stop: program.stop };
};

/** One answer of a server to a visitor of `www.example.org`. */
export const ask = (
  running: Pick<Running, 'port'>,
  path = '/a/page?from=bench',
  headers: Readonly<Record<string, string>> = {},
): Promise<RawReply> => askRaw(running.port, requestText(`GET ${path}`, { Host: VISITORS_HOST, ...headers }));

/** Makes sure that somebody does the job before it is measured: or the figures would mean nothing. */
export const assertJob = async (name: string, running: Running): Promise<void> => {
  const { affinity, secondaries } = running.job;
  const seen = new Set<string>();
  for (let n = 0; n < 40; n += 1) {
    const reply = await ask(running);
    const location = reply.header('location') ?? '';
    const problem =
      reply.status !== 302
        ? `answers ${reply.status}`
        : !location.startsWith('http') || !location.endsWith('/a/page?from=bench')
          ? `sends visitors to "${location}"`
          : reply.header('cache-control') !== 'no-store'
            ? 'lets caches store the answer'
            : affinity !== (reply.header('set-cookie') !== undefined)
              ? 'has the cookie wrong'
              : undefined;
    if (problem !== undefined) throw new Error(`${name} does not do the job: it ${problem}\n${reply.head}`);
    seen.add(new URL(location).port);
  }
  if (affinity) await assertGoesBack(name, running);
  if (running.job.usher !== undefined) return; // a list and a policy of its own
  if (secondaries.some((port) => !seen.has(`${port}`))) {
    throw new Error(`${name} does not choose at random: 40 visitors went to ${[...seen].join(', ')}`);
  }
};

/** A visitor who brings the cookie that he got goes back, and gets none. */
const assertGoesBack = async (name: string, running: Running): Promise<void> => {
  const first = await ask(running);
  const [Cookie = ''] = (first.header('set-cookie') ?? '').split(';');
  const again = await ask(running, undefined, { Cookie });
  const problem =
    again.header('location') !== first.header('location')
      ? 'sends a visitor who is back elsewhere'
      : again.header('set-cookie') !== undefined
        ? 'gives a visitor who is back another cookie'
        : undefined;
  if (problem === undefined) return;
  throw new Error(`${name} does not do the job: it ${problem}\n${first.head}\n${again.head}`);
};

/** What a turn of a contender is measured by: its load lasts that long. */
export type Turn = (running: Running, contender: Contender, seconds: number) => Promise<Sample>;

export interface AlternateOptions {
  readonly bench: Bench;
  readonly contenders: readonly Contender[];
  readonly turn: Turn;
  /** absent: a long turn */
  readonly warmUp?: Turn;
  /** length of a turn; absent: the usual one */
  readonly seconds?: number;
  /** absent: `assertJob` */
  readonly check?: (name: string, running: Running) => Promise<void>;
}

/**
 * Gives every contender its turn in every round, a different one first and after another each time (`inTurn`), so that
 * whatever else the machine does meets all of them alike. All are started before the first round and warmed up alike, by a turn that does not count and
 * is long enough for a compiler that learns while it runs. One that does not start, or fails later, is told and left out.
 */
export const alternate = async ({
  bench,
  contenders,
  turn,
  warmUp = turn,
  seconds = bench.seconds,
  check = assertJob,
}: AlternateOptions): Promise<readonly Row[]> => {
  const { rounds, progress } = bench;
  const warmUpSeconds = seconds < bench.seconds ? bench.warmUpSeconds / 2 : bench.warmUpSeconds;
  const stands: Stand[] = [];
  try {
    for (const contender of contenders) {
      progress(`starting ${contender.name}`);
      await orLeftOut(bench, contender, async () => {
        const running = await startContender(bench, contender);
        const stand: Stand = { contender, running, rounds: [], isOut: true };
        stands.push(stand);
        await check(contender.name, running);
        stand.isOut = false;
      });
    }
    for (let round = 0; round <= rounds; round += 1) {
      for (const stand of inTurn(stands, round)) {
        if (stand.isOut) continue;
        const { contender, running } = stand;
        const { name } = contender;
        progress(round === 0 ? `warming up ${name}` : `round ${round} of ${rounds}, ${name}`);
        stand.isOut = true;
        await orLeftOut(bench, contender, async () => {
          if (round === 0) await warmUp(running, contender, warmUpSeconds);
          else stand.rounds.push(await turn(running, contender, seconds));
          stand.isOut = false;
        });
      }
    }
  } finally {
    await Promise.all(stands.map(({ running }) => running.stop()));
  }
  return stands
    .filter((stand) => !stand.isOut)
    .map((stand) => ({ contender: stand.contender.name, rounds: stand.rounds }));
};

/** A contender at work, and what its rounds gave so far. */
interface Stand {
  readonly contender: Contender;
  readonly running: Running;
  readonly rounds: Sample[];
  /** it failed */
  isOut: boolean;
}

/** One that does not do its job is no reason not to measure the others. */
const orLeftOut = async (bench: Bench, { name }: Contender, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof ActionableError) throw error; // stopped by the person who runs it
    bench.complain(`${name} is left out: ${error instanceof Error ? error.message : String(error)}\n`);
  }
};

/** A load that was carried, with the time that the server spent on an answer. */
type Carried = Loaded & { readonly cpuUs: number };

/**
 * A load together with the time that the server spent on it. One of which nobody was served comes once more, and what
 * broke in it counts with what breaks then.
 */
export const loadAndCpu = async (
  bench: Bench,
  running: Pick<Running, 'name' | 'port' | 'pids'>,
  load: Partial<Load> & Pick<Load, 'seconds'>,
): Promise<Carried> => {
  try {
    return await carry(bench, running, load);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    bench.remark(`${running.name} served nobody, ${error.broken} visits broke: once more\n`);
    const carried = await carry(bench, running, load);
    return { ...carried, broken: error.broken + carried.broken };
  }
};

const carry = async (
  bench: Bench,
  running: Pick<Running, 'port' | 'pids'>,
  load: Partial<Load> & Pick<Load, 'seconds'>,
): Promise<Carried> => {
  const before = cpuUsOf(running.pids());
  const loaded = await runWrk(bench.programs, {
    port: running.port,
    connections: 64,
    cpus: bench.cores.load,
    ...load,
  });
  const spent = cpuUsOf(running.pids()) - before;
  return { ...loaded, cpuUs: spent / loaded.requests };
};

/** The plain turn: as many answers as the server gives to 64 connections, and the time it spent on each. */
export const flatOut =
  (bench: Bench, load: Partial<Load> = {}): Turn =>
  async (running, contender, seconds) => {
    const own = await contender.load?.(running);
    const { perSecond, cpuUs } = await loadAndCpu(bench, running, { ...load, ...own, seconds });
    return { perSecond, cpuUs };
  };

/** The peer of that name, or nothing where the person who runs this did not want it. */
export const peerNamed = (bench: Bench, name: string): readonly Peer[] =>
  bench.peers.filter((peer) => peer.name === name);

/** Usher with such a job, once for each. */
export const ushersWith = (
  bench: Bench,
  kinds: Readonly<Record<string, Omit<Contender, 'name' | 'peer'>>>,
): readonly Contender[] =>
  peerNamed(bench, 'usher').flatMap((peer) =>
    Object.entries(kinds).map(([name, kind]) => ({ ...kind, name, peer })),
  );
