import { createFarm } from './farm.ts';
import { createMeasure, SAMPLE, type Result } from './measure.ts';
import { startNews } from './news.ts';
import { seededDice } from './random.ts';
import type { Dispatcher, Place, Rule } from './rule.ts';
import type { Scenario } from './scenario.ts';
import { createTimeHeap } from './time-heap.ts';
import { createTimetable } from './timetable.ts';
import type { Visitors } from './visitors.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  readonly rule: Rule;
  readonly visitors: Visitors;
  /** of the rule's own dice; those of the visitors were cast before */
  readonly seed: number;
  /** keeps the sessions of each secondary over time */
  readonly isTraced?: boolean;
}

/**
 * Lets one rule send the visitors of one scenario: a discrete-event simulation, exact in time, the same for the same
 * options.
 */
export const run = ({ scenario, rule, visitors, seed, isTraced = false }: RunOptions): Result => {
  const { speeds, end, hop = 0, cores = 1, sessionTimeout = 30, absent = [], isStubborn = false } = scenario;
  const { countsErrors = false, telling = 'all' } = scenario;
  const farm = createFarm({ speeds, cores, sessionTimeout, countsErrors, sessionCount: visitors.count });
  const { servers } = farm;
  const timetable = createTimetable();
  const measure = createMeasure(scenario, farm, { requests: visitors.size.length, isTraced });
  for (const server of absent) farm.die(server, 0);

  const places = scenario.dispatchers.map((_, index): Place => ({
    count: speeds.length,
    weights: scenario.weights ?? speeds,
    dispatchers: scenario.dispatchers.length,
    every: scenario.every,
    telling,
    dice: seededDice(seed * 1009 + index * 31 + 17),
    usable: Uint8Array.from(speeds, (_speed, server) => (absent.includes(server) ? 0 : 1)),
    since: new Float64Array(speeds.length).fill(-Infinity),
    rate: scenario.traffic.rate,
    farm,
  }));
  const dispatchers: readonly Dispatcher[] = places.map((place) => rule.start(place));
  const news = startNews(scenario, farm, timetable, { places, dispatchers, probeWaits: rule.probeWaits });
  const dispatcherOf = cumulative(scenario.dispatchers);

  const serverOf = new Int32Array(visitors.count).fill(-1);
  const nextRequest = visitors.first.slice(0, visitors.count);
  const coming = createTimeHeap(1024);
  const nextDone = new Float64Array(speeds.length).fill(Infinity);

  const request = (session: number, now: number): void => {
    const server = serverOf[session]!;
    if (farm.isDead(server)) return;
    servers[server]!.advance(now);
    farm.arrive(server, session, visitors.size[nextRequest[session]!]!, now);
    nextDone[server] = servers[server]!.nextDone();
  };

  const answer = (server: number, now: number): void => {
    servers[server]!.advance(now);
    const session = servers[server]!.finish();
    nextDone[server] = servers[server]!.nextDone();
    const which = nextRequest[session]!;
    const took = farm.answer(server, session, now);
    if (!farm.isFailing(server)) measure.answered(server, took / visitors.size[which]!, now - took);
    else if (!isStubborn) return;
    nextRequest[session] = which + 1;
    if (which + 1 < visitors.first[session + 1]!) coming.push(now + visitors.think[which + 1]!, session);
  };

  const visit = (session: number, now: number): void => {
    const index = dispatcherOf(visitors.lot[session]!);
    const server = dispatchers[index]!.choose(now);
    if (!(server >= 0 && server < speeds.length)) throw new RangeError(`${rule.title} chose ${server}`);
    serverOf[session] = server;
    if (farm.isDead(server) || farm.isFailing(server)) measure.lost();
    if (!farm.isDead(server) && hop > 0) coming.push(now + hop, session);
    else request(session, now);
    for (let probes = rule.probes ?? 0; probes > 0; probes -= 1) news.probe(index, now);
  };

  timetable.every(SAMPLE, SAMPLE, measure.sample);
  timetable.every(5, 5, farm.sampleLoadavg);
  for (const { at, server, what } of scenario.acts ?? [])
    timetable.at(at, (now) => {
      if (what === 'die') {
        farm.die(server, now);
        nextDone[server] = Infinity;
        measure.died();
      } else if (what === 'fail') {
        farm.fail(server);
        measure.died();
      } else if (what === 'revive') {
        farm.revive(server);
        measure.came(server, now);
      } else {
        servers[server]!.advance(now);
        servers[server]!.setSpeed(what.speed);
        nextDone[server] = servers[server]!.nextDone();
      }
    });

  for (let session = 0; ;) {
    let server = 0;
    for (let other = 1; other < nextDone.length; other += 1)
      if (nextDone[other]! < nextDone[server]!) server = other;
    const done = nextDone[server]!;
    const arrival = visitors.arrival[session] ?? Infinity;
    const comes = coming.next();
    const happens = timetable.next();
    const now = Math.min(done, arrival, comes, happens);
    if (now > end) return measure.result();
    if (now === happens) timetable.happen(now);
    else if (now === done) answer(server, now);
    else if (now === comes) request(coming.pop(), now);
    else {
      visit(session, now);
      session += 1;
    }
  }
};

/** Says, for a number from 0 to 1, into which of the shares it falls. */
const cumulative = (shares: readonly number[]): ((lot: number) => number) => {
  const bounds = shares.map((_, index) => shares.slice(0, index + 1).reduce((sum, share) => sum + share, 0));
  return (lot) => {
    const at = bounds.findIndex((bound) => lot < bound);
    return at < 0 ? bounds.length - 1 : at;
  };
};
