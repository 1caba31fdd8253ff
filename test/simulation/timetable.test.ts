import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimetable } from './timetable.ts';

test('what is planned happens once at its time, also where one plans others and places are taken again', () => {
  const { at, next, happen } = createTimetable();
  const happened: string[] = [];
  const note = (name: string) => (now: number) => void happened.push(`${name} ${now}`);
  at(1, (now) => {
    note('a')(now);
    at(3, note('c'));
    at(5, note('e'));
  });
  at(2, note('b'));
  at(4, note('d'));
  while (next() < Infinity) happen(next());
  assert.deepEqual(happened, ['a 1', 'b 2', 'c 3', 'd 4', 'e 5']);
});
