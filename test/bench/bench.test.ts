import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import type { BenchWishes } from '../../src/cli/bench.ts';
import type { Io } from '../../src/cli/command.ts';
import { childEnv } from '../outside/usher.ts';
import { bench as benchCommand } from '../../src/cli/bench.ts';
import { alternate, loadAndCpu, type Bench } from './bench.ts';
import { unjudged } from './cases/memory.ts';
import { drawChart } from './chart.ts';
import { shareCores } from './cores.ts';
import { goalsOf, goalsWithin, judge } from './goals.ts';
import { isHalf, thinkingMs } from './half-load.ts';
import { inTurn } from './in-turn.ts';
import { withGoals } from './readme.ts';
import { printCase, printGoals, printSpent } from './report.ts';
import type { Peer } from './peer.ts';
import { ratioOf, spreadOf, type CaseResult } from './result.ts';
import { runBench } from './run.ts';
import { familyOf, sumScheduled } from './usage.ts';
import { readWrk } from './wrk.ts';

/** A folder that is the system's temporary one for whoever is told; so what is left in it was left by him. */
const ownFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-bench-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const tiny: BenchWishes = {
  cases: ['per-visit'],
  peers: ['usher', 'nginx', 'node-http', 'node-net'],
  rounds: 1,
  seconds: 0.1,
  quick: true,
  installs: false,
};

/** A bench whose load says one of these after the other. */
const stubbed = (said: string[]) => {
  const remarks: string[] = [];
  const bench = {
    programs: { run: () => Promise.resolve(said.shift() ?? '') },
    cores: { load: '0' },
    remark: (what: string) => remarks.push(what),
  } as unknown as Bench;
  return { bench, remarks, usher: { name: 'usher', port: 1, pids: () => [] } };
};

/** Command lines of processes that are at work in this folder. */
const atWorkIn = (folder: string): readonly string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== `${process.pid}`)
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(folder));

describe('a run of one case', () => {
  test('is not begun where its figures could not be written', async (t) => {
    const json = join(ownFolder(t), 'no-such-folder', 'figures.json');
    const said: string[] = [];
    const io = { cwd: tmpdir(), out: (text: string) => said.push(text), err: said.push } as unknown as Io;
    await assert.rejects(runBench({ ...tiny, json }, io), {
      exitCode: 2,
      message: /figures\.json cannot be written/,
    });
    assert.deepEqual(said, []);
  });

  test('prints and writes its figures and leaves nothing behind', async (t) => {
    const folder = ownFolder(t);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    t.after(() => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    });
    let out = '';
    let err = '';
    const io: Io = {
      out: (text) => (out += text),
      err: (text) => (err += text),
      cwd: folder,
      env: {},
      isTty: false,
      color: false,
    };
    assert.equal(await runBench({ ...tiny, json: 'figures.json', chart: 'chart.svg' }, io), 0, err);
    for (const peer of tiny.peers)
      assert.match(out, new RegExp(`^ +${peer} +[\\d,]+ \\(once\\) +[\\d.]+ \\(once\\)`, 'm'));
    const told = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as {
      results: CaseResult[];
    };
    assert.deepEqual(
      told.results.map(({ name }) => name),
      tiny.cases,
    );
    for (const row of told.results[0]?.rows ?? []) {
      const [{ perSecond = 0, cpuUs = 0 } = {}] = row.rounds;
      assert.ok(perSecond > 0 && cpuUs > 0, JSON.stringify(row));
    }
    assert.deepEqual(readdirSync(folder).sort(), ['chart.svg', 'figures.json']);
    assert.deepEqual(familyOf(process.pid), [process.pid], 'a child lives on');
  });

  test('that is interrupted ends at once, says so, and leaves nobody behind', async (t) => {
    const folder = ownFolder(t);
    const program = `
      import { runBench } from ${JSON.stringify(new URL('./run.ts', import.meta.url).href)};
      const io = { out: (text) => process.stdout.write(text), err: (text) => process.stdout.write(text),
        cwd: process.cwd(), env: {}, isTty: true, color: false };
      await runBench(${JSON.stringify({ ...tiny, seconds: 30 })}, io).catch((error) => {
        console.log(error.message);
        process.exitCode = error.exitCode;
      });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: childEnv({ TMPDIR: folder }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    const warmsUp = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        if (said.includes('warming up')) resolve();
      });
    });
    const ended = once(child, 'close');
    await Promise.race([warmsUp, ended]);
    assert.ok(atWorkIn(folder).length > 0, said);
    child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    assert.equal(code, 1, said);
    assert.match(said, /The benchmark was stopped\./);
    assert.deepEqual(atWorkIn(folder), []);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is refused on one processor, and leaves nothing behind', async (t) => {
    const folder = ownFolder(t);
    const program = `
      import { runBench } from ${JSON.stringify(new URL('./run.ts', import.meta.url).href)};
      const io = { out: () => undefined, err: () => undefined, cwd: ${JSON.stringify(folder)} };
      await runBench(${JSON.stringify({ ...tiny, json: 'figures.json' })}, io).catch((error) => {
        console.log(error.message);
      });
    `;
    const [file, ...words] = ['taskset', '-c', shareCores().server, process.execPath] as const;
    const child = spawn(file, [...words, '--input-type=module', '--eval', program], {
      env: childEnv({ TMPDIR: folder }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
    assert.match(said, /^There is one processor/);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('does not renew the README', async () => {
    const io = { out: () => undefined, err: () => undefined, cwd: '/', env: {}, isTty: false, color: false };
    for (const part of [['--case', 'bytes'], ['--peer', 'usher'], ['--quick']]) {
      // the name that there is not keeps it from measuring where the README is not minded
      const args = ['--readme', ...part, '--case', 'no-such-case'];
      await assert.rejects(benchCommand.run(args, io), {
        message: /^--readme stands beside --(?:case|peer|quick)/,
        exitCode: 2,
      });
    }
  });

  test('of a name that does not exist says which do', async () => {
    const io = { out: () => undefined, err: () => undefined, cwd: '/', env: {}, isTty: false, color: false };
    await assert.rejects(runBench({ ...tiny, cases: ['keepalive'] }, io), {
      message: 'There is no case called "keepalive".',
      remedy: /keep-alive, per-visit/,
      exitCode: 2,
    });
  });
});

describe('figures', () => {
  test('of wrk are read in its own units', () => {
    const said = `
  Latency Distribution
     50%  612.00us
     99%    1.24ms
  1500 requests in 0.30s, 343.75KB read
  Socket errors: connect 0, read 1, write 0, timeout 0
Requests/sec:   5000.50
`;
    assert.deepEqual(readWrk(said), {
      requests: 1500,
      perSecond: 5000.5,
      p50Us: 612,
      p99Us: 1240,
      broken: 1,
    });
  });

  test('of answers that are no redirects do not count', () => {
    assert.throws(() => readWrk('100 requests in 1s\n Non-2xx or 3xx responses: 3\nRequests/sec: 100'));
    assert.throws(() => readWrk('0 requests in 1s\nRequests/sec: 0'));
  });

  test('of a server that breaks more than one visit in a thousand do not count', () => {
    const said = (broken: number): string =>
      `2000 requests in 1s\n  Socket errors: connect 0, read ${broken}, write 0, timeout 1\nRequests/sec: 2000`;
    assert.equal(readWrk(said(1)).broken, 2);
    assert.throws(() => readWrk(said(2)), /3 connections broke/);
  });

  test('of a load that nobody was served of are told, and what broke in it counts', async () => {
    const said = [
      '0 requests in 1s\n  Socket errors: connect 3, read 0, write 0, timeout 61\nRequests/sec: 0',
      '2000 requests in 1s\n  Socket errors: connect 0, read 1, write 0, timeout 0\nRequests/sec: 2000',
    ];
    const { bench, remarks, usher } = stubbed(said);
    const { perSecond, broken } = await loadAndCpu(bench, usher, { seconds: 1 });
    assert.deepEqual([perSecond, broken], [2000, 65]);
    assert.deepEqual(remarks, ['usher served nobody, 64 visits broke: once more\n']);
  });

  test('of a load in which visits broke are not thrown away for better ones', async () => {
    const fine = '2000 requests in 1s\nRequests/sec: 2000';
    for (const bad of [
      '2000 requests in 1s\n  Socket errors: connect 0, read 900, write 0, timeout 0\nRequests/sec: 2000',
      '2000 requests in 1s\n Non-2xx or 3xx responses: 3\nRequests/sec: 2000',
    ]) {
      const said = [bad, fine];
      const { bench, usher } = stubbed(said);
      await assert.rejects(
        loadAndCpu(bench, usher, { seconds: 1 }),
        /900 connections broke|3 answers were neither/,
      );
      assert.deepEqual(said, [fine]);
    }
  });

  test('of threads that ended meanwhile leave those of the others as they are', () => {
    assert.equal(sumScheduled(['3000 5 1', undefined, '2000 0 9']), 5);
    assert.equal(sumScheduled([undefined]), undefined);
    assert.equal(sumScheduled([]), undefined);
  });

  test('at half load are those of visitors who came half as often', () => {
    assert.equal(thinkingMs({ thinkers: 256, perSecond: 25_600, elseMs: 0 }), 10);
    assert.equal(thinkingMs({ thinkers: 256, perSecond: 25_600, elseMs: 2 }), 8);
    assert.equal(thinkingMs({ thinkers: 256, perSecond: 25_600, elseMs: 50 }), 2.5);
    assert.deepEqual(
      [0.44, 0.45, 0.55, 0.56].map((share) => isHalf(share)),
      [false, true, true, false],
    );
  });

  test('of the time that cases took begin with the longest', () => {
    const spent = [
      { name: 'bytes', seconds: 9 },
      { name: 'memory', seconds: 120 },
    ];
    assert.equal(printSpent(spent), 'memory 120, bytes 9');
  });

  test('are told by the middle one', () => {
    assert.deepEqual(spreadOf([5, 1, 9]), { median: 5, least: 1, most: 9 });
    assert.deepEqual(spreadOf([4, 1, 9, 2]), { median: 3, least: 1, most: 9 });
    assert.deepEqual(spreadOf([3, NaN]), { median: 3, least: 3, most: 3, isOnce: true });
    assert.equal(spreadOf([NaN]), undefined);
  });

  test('are compared round by round', () => {
    const row = (...perSecond: number[]) => ({
      contender: 'x',
      rounds: perSecond.map((each) => ({ perSecond: each })),
    });
    assert.deepEqual(ratioOf(row(10, 40, 90), row(20, 40, 60), 'perSecond'), {
      median: 1,
      least: 0.5,
      most: 1.5,
    });
  });
});

describe('turns', () => {
  test('go round, everybody first as often as last and after everybody else as often', () => {
    const orders = Array.from({ length: 6 }, (_, round) => inTurn(['a', 'b', 'c'], round).join(''));
    assert.deepEqual(orders.toSorted(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    assert.deepEqual(
      [0, 1, 2, 3].map((round) => inTurn(['a', 'b'], round).join('')),
      ['ab', 'ba', 'ba', 'ab'],
    );
    assert.deepEqual(inTurn([], 3), []);
  });

  test('that failed are not repeated: who had them is told and left out', async (t) => {
    const complaints: string[] = [];
    const bench = {
      ...{ rounds: 3, seconds: 1, warmUpSeconds: 1, folder: ownFolder(t), cores: { server: '0' } },
      programs: { serve: () => Promise.resolve({ pid: process.pid, stop: () => Promise.resolve() }) },
      progress: () => undefined,
      complain: (what: string) => complaints.push(what),
    } as unknown as Bench;
    const peer: Peer = { name: 'x', prepare: () => Promise.resolve({ argv: ['x'] }) };
    const turns = { steady: 0, broken: 0 };
    const rows = await alternate({
      bench,
      contenders: (['steady', 'broken'] as const).map((name) => ({ name, peer })),
      check: () => Promise.resolve(),
      warmUp: () => Promise.resolve({}),
      turn: (_, { name }) => {
        const turn = (turns[name as keyof typeof turns] += 1);
        if (name === 'broken' && turn === 2) throw new Error('900 connections broke');
        return Promise.resolve({ broken: 0 });
      },
    });
    assert.deepEqual(turns, { steady: 3, broken: 2 });
    assert.deepEqual(rows, [{ contender: 'steady', rounds: [{ broken: 0 }, { broken: 0 }, { broken: 0 }] }]);
    assert.deepEqual(complaints, ['broken is left out: 900 connections broke\n']);
  });
});

describe('goals', () => {
  const ran: CaseResult = {
    name: 'keep-alive',
    title: 'Keep-alive',
    rows: [
      { contender: 'usher', rounds: [{ perSecond: 70, cpuUs: 14 }] },
      { contender: 'nginx', rounds: [{ perSecond: 100, cpuUs: 10 }] },
    ],
    notes: [],
  };

  test('are met, missed or not measured, and nothing else', () => {
    const goals = goalsOf([ran]);
    const [keepAlive] = goals;
    assert.ok(keepAlive !== undefined);
    assert.equal(judge(keepAlive, keepAlive.floor), 'met');
    assert.equal(judge(keepAlive, keepAlive.aim), 'missed');
    const others = goals.filter(({ measured }) => measured === undefined);
    assert.ok(others.length > 10);
    for (const goal of others) assert.equal(judge(goal, goal.aim ?? goal.floor), 'not measured');
    assert.match(printGoals(goals), /what nginx answers +0\.70 \(once\) +≥ 0\.6 × {2}met +≥ 1 × {2}missed/);
  });

  test('that count what broke add up all rounds, and the length of the run is one of them', () => {
    const row = (measured: Partial<Record<'broken' | 'lostLines', number>>, contender = 'usher') => ({
      contender,
      rounds: [measured, measured],
    });
    const results = [
      { ...ran, rows: [row({ broken: 1 })] },
      { ...ran, name: 'per-visit', rows: [row({ broken: 0 })] },
      { ...ran, name: 'access-log', rows: [row({ lostLines: 0 }, 'usher, on')] },
    ];
    const found = (what: RegExp, goals: ReturnType<typeof goalsOf>) => {
      const goal = goals.find((each) => what.test(each.what));
      assert.ok(goal !== undefined);
      return [goal.measured?.median, judge(goal, goal.aim)];
    };
    assert.deepEqual(found(/^visits that broke/, goalsOf(results)), [2, 'missed']);
    assert.deepEqual(found(/^visits that broke/, goalsOf(results.slice(0, 1))), [undefined, 'not measured']);
    assert.deepEqual(found(/^lines that were lost/, goalsOf(results)), [0, 'met']);
    assert.deepEqual(found(/^length of the run/, goalsOf(results)), [undefined, 'not measured']);
    assert.deepEqual(found(/^length of the run/, goalsOf(results, 601)), [601, 'missed']);
  });

  test('of a crowd that files keep small are not measured, and a note says so', () => {
    const crowd = (came: number, cameTwice: number): CaseResult => {
      const sample = { came, cameTwice, openTwice: cameTwice, newcomerTwiceMs: 1, connectionKb: 5 };
      const contenders = ['usher, one thread', 'usher, one thread, handed to Node', 'usher, two threads'];
      return {
        ...{ name: 'memory', title: 'Memory', notes: [] },
        rows: contenders.map((contender) => ({ contender, rounds: [sample] })),
      };
    };
    const judged = (came: number, cameTwice: number) =>
      goalsWithin(goalsOf([crowd(came, cameTwice)]), [{ name: 'memory' }])
        .slice(0, 4)
        .map((goal) => judge(goal, goal.aim));
    const not = 'not measured';
    assert.deepEqual(judged(56, 56), [not, not, not, not]);
    assert.deepEqual(judged(9_999, 9_999), [not, not, not, not]);
    assert.deepEqual(judged(10_000, 19_799), ['met', 'met', not, not]);
    assert.deepEqual(judged(10_000, 19_800), ['met', 'met', 'met', 'met']);
    const [, , open] = goalsWithin(goalsOf([crowd(56, 56)]), [{ name: 'memory' }]);
    assert.match(`${open?.what} ${open?.aim}`, /of 19,800 that come .* 19800$/);
    assert.match(
      unjudged([56, 0]),
      /not measured: how many are open at once, how long newcomers wait, what a connection takes\.$/,
    );
    assert.match(unjudged([10_000, 9_799]), /newcomers wait\.$/);
    assert.equal(unjudged([10_000, 9_800]), '');
  });

  test('of a part of the cases are told, also those that could not be measured; of other cases none', () => {
    const told = goalsWithin(goalsOf([ran]), [{ name: 'keep-alive' }, { name: 'bytes' }]);
    const judged = told.map((goal) => [goal.what, judge(goal, goal.aim ?? goal.floor)]);
    assert.deepEqual(Object.fromEntries(judged), {
      'keep-alive, of what nginx answers': 'missed',
      'keep-alive, of what HAProxy answers': 'not measured',
      "CPU time of a redirect, of nginx's, keep-alive": 'missed',
      "p99 at half load, of nginx's (rounds in which it was half)": 'not measured',
      'bytes an answer with the cookie': 'not measured',
      'bytes an answer without the cookie': 'not measured',
    });
  });

  test('are reached from the right side', () => {
    const goal = { what: '', unit: '', measured: { median: 1.1, least: 1, most: 2 } };
    assert.equal(judge({ ...goal, isMoreBetter: true }, 1), 'met');
    assert.equal(judge({ ...goal, isMoreBetter: false }, 1), 'missed');
  });

  test('stand in the README between their marks, however often they are renewed', () => {
    const readme =
      'before\n<!-- bench: written by "npm run bench -- --readme" -->\nold\n<!-- /bench -->\nafter\n';
    const told = { goals: goalsOf([ran]), machine: '2 × some processor.' };
    const once = withGoals(readme, told) ?? '';
    assert.match(once, /^before\n<!-- bench[^>]*-->\n\n!\[/);
    assert.match(once, /\| keep-alive, of what nginx answers +\| 0\.70 \(once\) +\| ≥ 1 × +\| missed/);
    assert.match(once, /some processor\.\n\n<!-- \/bench -->\nafter\n$/);
    assert.doesNotMatch(once, /old/);
    assert.equal(withGoals(once, told), once);
    assert.equal(withGoals('no marks', told), undefined);
    const mark = '<!-- bench:dashboard: written by "npm run bench:dashboard -- --readme" -->';
    const both =
      withGoals(`${once}${mark}\n<!-- /bench:dashboard -->\n`, { ...told, run: 'dashboard' }) ?? '';
    assert.ok(both.startsWith(once), 'each run writes between its own');
    assert.match(
      both,
      /bench:dashboard -- --readme" -->\n\n\|.*processor\.\n\n<!-- \/bench:dashboard -->\n$/s,
    );
  });

  test('and tables go with a chart that can be read on light and dark', () => {
    assert.match(printCase(ran), /usher +70 \(once\) +14\.0 \(once\) +0\.70 \(once\)/);
    const svg = drawChart([ran]) ?? '';
    assert.match(svg, /prefers-color-scheme: dark/);
    assert.match(svg, /<rect class="own"/);
    assert.equal(drawChart([]), undefined);
  });
});
