import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadReport } from '../../src/model/load-report.ts';
import type { Belief } from '../../src/model/policy.ts';
import { printFigures } from '../../src/report/figures.ts';
import { primaryOf, sendTo } from '../policies/believed.ts';
import { readingOf } from './readings.ts';

const EVERY_MS = 2000;

/** How it goes on a secondary, in requests a busy second. */
interface Machine {
  readonly speed: number;
  readonly running: number;
  readonly sessions: number;
}

/** The first is as fast as three of the others and has the longest queue. */
const MACHINES: readonly Machine[] = [
  { speed: 30, running: 9, sessions: 60 },
  { speed: 10, running: 1, sessions: 20 },
  { speed: 10, running: 2, sessions: 20 },
  { speed: 10, running: 0, sessions: 20 },
];

/** Visitors who come in the time of two reports: as many requests of each, and as many as there are sessions of a minute. */
const VISITORS = [3, 1, 1, 1];

/** What is believed after a hundred answers of each, busy for 7 of 10 seconds. */
const believed = async (
  reader: string,
  { options = {}, answer }: { options?: object; answer: (machine: Machine, busySeconds: number) => string },
): Promise<readonly Belief[]> => {
  const primary = primaryOf(MACHINES.map(() => 1));
  for (let report = 1; report <= 100; report += 1) {
    if (report % 2 === 0) sendTo(primary.counts[0]!, (report - 1) * EVERY_MS, VISITORS);
    const busySeconds = (report * EVERY_MS * 0.7) / 1000;
    const loads = await Promise.all(
      MACHINES.map(async (machine): Promise<Omit<LoadReport, 'at'>> => {
        const reading = await readingOf(reader, options, answer(machine, busySeconds));
        assert.ok(reading.ok, JSON.stringify(reading));
        const { at: _, ...load } = reading.report;
        return load;
      }),
    );
    primary.hear(report * EVERY_MS, loads);
  }
  const beliefs = primary.beliefs();
  return MACHINES.map((_, at) => beliefs.get(`web${at}`)!);
};

const isAbout = (value: number, wanted: number): void => {
  assert.ok(Math.abs(value - wanted) <= 0.1 * Math.abs(wanted) + 1e-9, `${value} is not about ${wanted}`);
};

const excesses = (beliefs: readonly Belief[]): readonly number[] => beliefs.map(({ excess }) => excess);
const capacities = (beliefs: readonly Belief[]): readonly number[] => beliefs.map(({ capacity }) => capacity);

describe('what is believed of what a reader reads', () => {
  it('json, from the reporter: speed, sessions and run queue', async () => {
    const beliefs = await believed('json', {
      answer: ({ speed, running, sessions }, busySeconds) =>
        printFigures({
          ...{ running, sessions, busySeconds },
          done: Math.floor(busySeconds * speed),
          started: Math.floor((busySeconds * speed) / 8),
        }),
    });
    capacities(beliefs).forEach((capacity, at) => isAbout(capacity, at === 0 ? 3 : 1));
    assert.deepEqual(
      beliefs.map(({ sessions }) => sessions),
      [60, 20, 20, 20],
    );
    // 12 requests for 6 of capacity: 2 for each
    [3, -1, 0, -2].forEach((excess, at) => {
      assert.ok(Math.abs(excesses(beliefs)[at]! - excess) < 0.3, String(excesses(beliefs)));
    });
  });

  it('apache: run queue; it counts errors too, so nobody is faster than configured', async () => {
    const beliefs = await believed('apache', {
      answer: ({ speed, running }, busySeconds) =>
        [
          'localhost',
          'ServerVersion: Apache/2.4.65 (Debian)',
          `Total Accesses: ${Math.floor(busySeconds * speed)}`,
          `Total kBytes: 12345`,
          `Total Duration: ${Math.round(busySeconds * 1000)}`,
          `BusyWorkers: ${running + 1}`,
          `IdleWorkers: ${49 - running}`,
          '',
        ].join('\n'),
    });
    assert.deepEqual(capacities(beliefs), [1, 1, 1, 1]);
    assert.ok(excesses(beliefs)[0]! > 2 && excesses(beliefs)[3]! < -1, String(excesses(beliefs)));
    assert.deepEqual(new Set(beliefs.map(({ sessions }) => sessions)), new Set([0]));
  });

  it('nginx: run queue alone, and the weights as configured', async () => {
    const beliefs = await believed('nginx', {
      answer: ({ speed, running }, busySeconds) =>
        `Active connections: 40 \nserver accepts handled requests\n 500 500 ${Math.floor(busySeconds * speed)} \nReading: 0 Writing: ${running + 1} Waiting: 30 \n`,
    });
    assert.deepEqual(capacities(beliefs), [1, 1, 1, 1]);
    assert.deepEqual(excesses(beliefs), [6, -2, -1, -3]);
  });

  it('agent: nothing but its share, so neither full nor empty', async () => {
    const beliefs = await believed('agent', { options: { port: 9 }, answer: () => 'up 50%\n' });
    for (const { excess, sessions, capacity } of beliefs)
      assert.deepEqual([excess, sessions, capacity], [0, 0, 1]);
  });

  it('prometheus: run queue by the metric that was named', async () => {
    const beliefs = await believed('prometheus', {
      options: { metric: 'http_in_flight' },
      answer: ({ running }) => `# TYPE http_in_flight gauge\nhttp_in_flight ${running}\n`,
    });
    assert.deepEqual(excesses(beliefs), [6, -2, -1, -3]);
  });

  it('orca: run queue by how much of it is in use', async () => {
    const beliefs = await believed('orca', {
      answer: ({ running }) => `TEXT cpu_utilization=${running === 9 ? 0.9 : 0.3}`,
    });
    assert.ok(excesses(beliefs)[0]! > 0 && excesses(beliefs)[3]! < 0);
  });

  it('exec: run queue by the number that it prints', async () => {
    const beliefs = await believed('exec', {
      options: { command: ['cat', '/proc/loadavg'] },
      answer: ({ running }) => `${running}\n`,
    });
    assert.deepEqual(excesses(beliefs), [6, -2, -1, -3]);
  });
});
