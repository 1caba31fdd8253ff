import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { simulate } from '../../src/cli/simulate.ts';
import { runCommand } from './run-command.ts';

const LIST = {
  secondaries: [
    { id: 'big', port: 8086, weight: 2 },
    { id: 'small', port: 8087 },
    { id: 'away', port: 8088, state: 'drain' },
    { id: 'spare', port: 8089, role: 'backup' },
  ],
};

const two = (number: number): string => String(number).padStart(2, '0');

/** A line in combined format, so many seconds after noon. */
const lineOf = (second: number, visitor: number, rest = ''): string => {
  const time = `${two(12 + Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  return `192.0.2.${visitor} - - [21/Sep/2026:${time} +0000] "GET /p?x=${second} HTTP/1.1" 200 512 "-" "agent ${visitor}"${rest}\n`;
};

/** One comes every second, and asks five times. */
const visits = (visitors: number, rest?: string): string =>
  Array.from({ length: visitors * 5 }, (_, at) => ({ second: Math.floor(at / 5) + 8 * (at % 5), at }))
    .toSorted((one, other) => one.second - other.second)
    .map(({ second, at }) => lineOf(second, Math.floor(at / 5), rest))
    .join('');

const folder = async (context: TestContext, files: Readonly<Record<string, string | Buffer>>) => {
  const cwd = await mkdtemp(join(tmpdir(), 'usher-replay-'));
  context.after(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, 'usher.json'), JSON.stringify(LIST));
  for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
  return cwd;
};

const figures = async (cwd: string, ...logs: readonly string[]) => {
  const args = [...logs.flatMap((log) => ['--log', log]), '--json'];
  const { code, out, err } = await runCommand(simulate, args, { cwd });
  return { code, err, ...(JSON.parse(out) as Replayed) };
};

interface Replayed {
  readonly visitors: number;
  readonly requests: number;
  readonly from: string;
  readonly late: number;
  readonly unserved: number;
  readonly secondaries: readonly {
    readonly id: string;
    readonly visitors: number;
    readonly requests: number;
    readonly requestShare: number;
    readonly load?: number;
    readonly answerSeconds?: number;
  }[];
}

test('the visitors of a log are sent as the policy says, and stay where they were sent', async (context) => {
  const cwd = await folder(context, { 'access.log': visits(240) });
  await writeFile(join(cwd, 'usher.json'), JSON.stringify({ ...LIST, policy: 'round-robin' }));
  const { code, err, visitors, requests, from, secondaries } = await figures(cwd, 'access.log');
  assert.equal(code, 0);
  assert.equal(err, '');
  assert.deepEqual([visitors, requests, from], [240, 1200, '2026-09-21T12:00:00Z']);
  const [big, small, away, spare] = secondaries;
  assert.ok(big !== undefined && small !== undefined && away !== undefined && spare !== undefined);
  assert.deepEqual([big.visitors, small.visitors], [160, 80]);
  assert.deepEqual([big.requests, small.requests], [800, 400]);
  assert.equal(big.load, 1);
  assert.equal(away.visitors + spare.visitors, 0, 'one is drained, one waits until nobody else works');
});

test('one visitor with one request is told as one', async (context) => {
  const cwd = await folder(context, { 'one.log': lineOf(0, 1), 'two.log': lineOf(0, 1) + lineOf(1, 1) });
  const first = async (log: string) =>
    (await runCommand(simulate, ['--log', log], { cwd })).out.split(' from ')[0];
  assert.equal(await first('one.log'), '1 visitor with 1 request');
  assert.equal(await first('two.log'), '1 visitor with 2 requests');
});

test('a load is that of all who take new visitors, also of those who got none', async (context) => {
  const cwd = await folder(context, { 'access.log': visits(10) });
  await writeFile(join(cwd, 'usher.json'), JSON.stringify({ ...LIST, policy: 'first' }));
  const { secondaries } = await figures(cwd, 'access.log');
  // two thirds of the weight bear the whole
  assert.deepEqual(
    secondaries.map(({ load }) => load),
    [1.5, 0, undefined, undefined],
  );
});

test('balance gives the faster ones more while there is little to do, as reports tell', async (context) => {
  const cwd = await folder(context, { 'access.log': visits(240) });
  await writeFile(
    join(cwd, 'usher.json'),
    JSON.stringify({ ...LIST, checks: { load: { json: '/load.json' } } }),
  );
  const { secondaries } = await figures(cwd, 'access.log');
  const [big, small] = secondaries;
  assert.ok((big?.visitors ?? 0) > 170 && (small?.visitors ?? 0) > 10, JSON.stringify(secondaries));
});

test('where nobody reports a load, balance sends visitors by weight, as the primary does', async (context) => {
  const cwd = await folder(context, { 'access.log': visits(250) });
  for (const load of [undefined, { agent: 9000 }]) {
    const secondaries = [2, 1, 0.5].map((weight, at) => ({ port: 8086 + at, weight }));
    const checks = load === undefined ? {} : { checks: { load } };
    await writeFile(join(cwd, 'usher.json'), JSON.stringify({ secondaries, ...checks }));
    const { secondaries: borne, visitors } = await figures(cwd, 'access.log');
    for (const [at, weight] of [2, 1, 0.5].entries()) {
      const share = (borne[at]?.visitors ?? 0) / visitors;
      assert.ok(Math.abs(share - weight / 3.5) < 0.03, JSON.stringify(borne));
    }
  }
});

test('the same log gives the same, plain or compressed, in one file or two', async (context) => {
  const lines = visits(40).split(/(?<=\n)/);
  const cwd = await folder(context, {
    'whole.log': lines.join(''),
    'whole.log.gz': gzipSync(lines.join('')),
    'even.log': lines.filter((_, at) => at % 2 === 0).join(''),
    'odd.log': lines.filter((_, at) => at % 2 === 1).join(''),
  });
  const whole = await figures(cwd, 'whole.log');
  assert.deepEqual(await figures(cwd, 'whole.log'), whole);
  assert.deepEqual(await figures(cwd, 'whole.log.gz'), whole);
  const apart = await figures(cwd, 'even.log', 'odd.log');
  assert.deepEqual([apart.visitors, apart.requests], [whole.visitors, whole.requests]);
});

test('where the log tells how long answers took, that is shared out too', async (context) => {
  const cwd = await folder(context, { 'access.log': visits(30, ' 250000') });
  const { secondaries } = await figures(cwd, 'access.log');
  const [big] = secondaries;
  assert.equal(big?.answerSeconds, 0.25 * (big?.requests ?? NaN));
  const { out } = await runCommand(simulate, ['--log', 'access.log'], { cwd });
  assert.match(out, /^big +2 +\d+ +\d+\.\d % /m);
  assert.match(out, /by time/);
});

test('lines that are none are told and left out', async (context) => {
  const hostile = [
    lineOf(0, 1),
    '\xff\xfe\0\n',
    `${'A'.repeat(200_000)}\n`,
    'x - - [99/Zed/2026:14:13:21 +0000] "GET / HTTP/1.1" 200 1\n',
    '192.0.2.2 - - [21/Sep/2026:12:00:01 +0000] "GET / HTTP/1.1" none\n',
    '192.0.2.3 __proto__ - [21/Sep/2026:12:00:02 +0000] "\\x16\\x03" 400 1 "-" "__proto__"\n',
    lineOf(3, 1).trimEnd(),
  ].join('');
  const cwd = await folder(context, { 'access.log': Buffer.from(hostile, 'latin1') });
  const { code, err, visitors, requests } = await figures(cwd, 'access.log');
  assert.equal(code, 0);
  assert.deepEqual([visitors, requests], [1, 2]);
  assert.match(err, /access\.log: 3 lines without a time that can be read, first line 2: left out\./);
  assert.match(err, /1 line is no request: left out\./);
});

test('a log in another order than that of time is refused, with what to do; lines that were written late are not', async (context) => {
  const lines = Array.from({ length: 20_000 }, (_, second) => lineOf(second, second % 100));
  const newestFirst = lines.toReversed().join('');
  const late = lines.flatMap((line, second) => (second % 20 === 0 ? [] : [line, ...lateAt(lines, second)]));
  const halves = [lines.slice(10_000), lines.slice(0, 10_000)].map((half) => half.join(''));
  const cwd = await folder(context, {
    'reverse.log': newestFirst,
    'swapped.log': halves.join(''),
    'one.log': halves[0] ?? '',
    'other.log': halves[1] ?? '',
    'late.log': late.join(''),
  });
  for (const log of ['reverse.log', 'swapped.log']) {
    const { code, out, err } = await runCommand(simulate, ['--log', log], { cwd });
    assert.deepEqual([code, out], [1, '']);
    assert.match(
      err,
      /\d+ of 20000 requests come more than a minute after later ones.*\bsort -s\b.*--log -$/s,
    );
  }
  const { code, requests, late: counted } = await figures(cwd, 'one.log', 'other.log');
  assert.deepEqual([code, requests, counted], [0, 20_000, 0]);
  const told = await figures(cwd, 'late.log');
  assert.deepEqual([told.code, told.requests], [0, late.length]);
  assert.ok(told.late > 500 && told.late <= 1000, String(told.late));
});

/** Every twentieth line is written half an hour late. */
const lateAt = (lines: readonly string[], second: number): readonly string[] => {
  const line = second % 20 === 1 ? lines[second - 1801] : undefined;
  return line === undefined ? [] : [line];
};

test('a log that cannot be read, or holds nothing, is an error that says so', async (context) => {
  const cwd = await folder(context, { 'empty.log': '', 'access.log': visits(2) });
  const empty = await runCommand(simulate, ['--log', 'empty.log'], { cwd });
  assert.equal(empty.code, 1);
  assert.match(empty.err, /no request in these logs/);
  const { code, err, requests } = await figures(cwd, 'access.log', 'missing.log');
  assert.deepEqual([code, requests], [1, 10]);
  assert.match(err, /missing\.log cannot be read: there is no such file/);
});

test('a list of which nobody takes new visitors serves none of them', async (context) => {
  const cwd = await folder(context, { 'access.log': visits(3) });
  await writeFile(join(cwd, 'closed.json'), '{ "secondaries": [{ "port": 8086, "state": "maintenance" }] }');
  const args = ['--log', 'access.log', '--config', 'closed.json'];
  const { code, out } = await runCommand(simulate, args, { cwd });
  assert.equal(code, 1);
  assert.match(out, /there was nobody/);
});

test('a visitor for whom there is nobody is one visitor, however often he asks', async (context) => {
  const clicks = Array.from({ length: 50 }, (_, at) => lineOf(at * 100, 1)).join('');
  // The second asks once, and again when he would no longer be bound.
  const cwd = await folder(context, { 'access.log': clicks + lineOf(5000, 2) + lineOf(8000, 2) });
  const closed = { affinity: false, secondaries: [{ port: 8086, state: 'drain' }] };
  await writeFile(join(cwd, 'usher.json'), JSON.stringify(closed));
  assert.equal((await figures(cwd, 'access.log')).unserved, 3);
  await writeFile(join(cwd, 'one.log'), clicks);
  const { out } = await runCommand(simulate, ['--log', 'one.log'], { cwd });
  assert.match(out, /^For 1 visitor there was nobody/m);
});

test('visitors of an entrance are sent by its own policy and checks', async (context) => {
  const cwd = await folder(context, {
    'usher.json': JSON.stringify({
      policy: 'round-robin',
      entrances: { '/only-first': { policy: 'first', checks: 'none' } },
      secondaries: [{ port: 8086 }, { port: 8087 }],
    }),
    'main.log': visits(20),
    'first.log': visits(20).replaceAll('/p?x=', '/only-first?x='),
    'both.log': Array.from({ length: 20 }, (_, at) =>
      at % 2 === 0 ? lineOf(at, at) : lineOf(at, at).replace('/p?x=', '/only-first?x='),
    ).join(''),
  });
  const sent = async (log: string): Promise<readonly number[]> =>
    (await figures(cwd, log)).secondaries.map(({ visitors }) => visitors);
  assert.deepEqual(await sent('main.log'), [10, 10]);
  assert.deepEqual(await sent('first.log'), [20, 0]);
  assert.deepEqual(await sent('both.log'), [15, 5], 'each way in has tickets of its own');
});

test('an entrance without affinity is a new choice at each visit, and changes nothing for who is bound', async (context) => {
  const hits = Array.from({ length: 40 }, (_, second) =>
    lineOf(second, 1).replace(/\/p\S+/, second % 2 === 0 ? '/anew?x' : '/p'),
  );
  const cwd = await folder(context, { 'access.log': hits.join('') });
  const entrances = { '/anew': { policy: 'round-robin', checks: 'none', affinity: false } };
  await writeFile(join(cwd, 'usher.json'), JSON.stringify({ ...LIST, policy: 'first', entrances }));
  const { visitors, requests, secondaries } = await figures(cwd, 'access.log');
  assert.deepEqual([visitors, requests], [21, 40]);
  const [big, small] = secondaries;
  assert.ok(big !== undefined && small !== undefined);
  assert.ok(small.requests === 6 || small.requests === 7, `a third of twenty by weight: ${small.requests}`);
  assert.equal(big.requests + small.requests, 40);
});
