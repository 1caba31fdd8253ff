import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceRule } from './balance-rule.ts';
import { createFarm } from './farm.ts';
import { startNews } from './news.ts';
import { seededDice } from './random.ts';
import type { Place } from './rule.ts';
import type { Scenario } from './scenario.ts';
import { createTimetable } from './timetable.ts';
import { REQUESTS, SIZE } from './visitors.ts';

test('a probe of balance is known 75 ms after the answer, and who was asked rests for a quarter of a second', () => {
  const scenario: Scenario = {
    ...{ title: 'test', speeds: [1], every: 40, dispatchers: [1], warmUp: 0, end: 10, fileEnds: 0 },
    traffic: { rate: 1, requests: REQUESTS, size: SIZE, think: 8 },
  };
  const farm = createFarm({ speeds: [1], cores: 1, sessionTimeout: 300, sessionCount: 1 });
  const place: Place = {
    ...{ count: 1, weights: [1], dispatchers: 1, every: 40, telling: 'all', rate: 1, farm },
    ...{ dice: seededDice(1), usable: new Uint8Array([1]), since: new Float64Array([-Infinity]) },
  };
  const rule = balanceRule(1);
  const balance = rule.start(place);
  const heard: (readonly [at: number, rowAt: number])[] = [];
  const learn = (server: number, row: Parameters<NonNullable<typeof balance.learn>>[1], now: number) => {
    balance.learn?.(server, row, now);
    heard.push([now, row.at]);
  };
  const timetable = createTimetable();
  const news = startNews(scenario, farm, timetable, {
    places: [place],
    dispatchers: [{ ...balance, learn }],
    probeWaits: rule.probeWaits,
  });
  const visitAt = (now: number): void => {
    while (timetable.next() <= now) timetable.happen(timetable.next());
    news.probe(0, now);
  };
  for (const at of [1, 1.01, 1.2, 1.24, 1.5, 3]) visitAt(at);
  const inMs = heard.map((times) => times.map((time) => Math.round(time * 1000)));
  assert.deepEqual(inMs, [
    [1075, 1025],
    [1575, 1525],
  ]);
});
