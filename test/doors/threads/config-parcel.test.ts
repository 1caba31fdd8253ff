import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepUnchanged } from '../../../src/config/keep-unchanged.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { packConfig, unpackConfig } from '../../../src/doors/threads/config-parcel.ts';
import type { ThreadConfig } from '../../../src/doors/threads/messages.ts';
import { plainSettings } from '../a-door.ts';

const [one] = plainSettings().secondaries;

const configOf = (ids: readonly string[], changes: Partial<Settings> = {}): ThreadConfig => {
  const secondaries = ids.map((id) => ({ ...one!, id }));
  const config = {
    settings: plainSettings({ ...changes, secondaries }),
    slots: new Map(ids.map((id, slot) => [id, slot])),
    secrets: [new Uint8Array([1, 2])],
  };
  return config as unknown as ThreadConfig;
};

/** The config after an edit of the one before. */
const edited = (config: ThreadConfig, before: ThreadConfig): ThreadConfig => ({
  ...config,
  settings: keepUnchanged(config.settings, before.settings),
});

test('a config comes out of a parcel as it went in, whatever was edited', () => {
  const edits = [
    configOf(['a', 'b', 'c']),
    configOf(['a', 'b', 'c'], { landing: '/x' as Settings['landing'] }),
    configOf(['c', 'new', 'a']),
    configOf([]),
    configOf(['a']),
  ];
  let here = configOf(['b', 'a']);
  let there = structuredClone(here);
  for (const edit of edits) {
    const next = edited(edit, here);
    there = unpackConfig(structuredClone(packConfig(next, here)), there);
    assert.deepEqual(there, edit);
    here = next;
  }
});

test('who is as before is not in the parcel, and stays the same object', () => {
  const before = configOf(['a', 'b', 'c']);
  const plain = configOf(['c', 'b', 'a']);
  const weighed = { ...one!, id: 'b', weight: 7 };
  const settings = { ...plain.settings, secondaries: plain.settings.secondaries.with(1, weighed) };
  const parcel = packConfig(edited({ ...plain, settings }, before), before);
  assert.deepEqual(parcel.secondaries, [2, weighed, 0]);
  const there = structuredClone(before);
  const { secondaries } = unpackConfig(structuredClone(parcel), there).settings;
  assert.ok(secondaries[0] === there.settings.secondaries[2]);
});

test('slots that are as before are not in the parcel', () => {
  const before = configOf(['a', 'b']);
  const parcel = packConfig(configOf(['a', 'b']), before);
  assert.equal(parcel.slots, 'as before');
  assert.equal(unpackConfig(parcel, before).slots, before.slots);
});
