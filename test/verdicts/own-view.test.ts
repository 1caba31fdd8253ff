import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observation, Outcome } from '../../src/model/outcome.ts';
import type { Standing } from '../../src/model/pool.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { joinViews, NOTHING_SEEN, seeItself, type OwnView } from '../../src/verdicts/own-view.ts';

const thresholds = { rise: 2, fall: 3 };
const REFUSED: Outcome = { ok: false, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED' };
const TIMEOUT: Outcome = { ok: false, tookMs: 1, failure: 'timeout', detail: 'no answer' };
const PASS: Outcome = { ok: true, tookMs: 1 };

const observed = (at: number, outcome: Outcome): Observation => ({
  secondary: 'web1',
  check: 'http',
  at,
  outcome,
});

const toldUp = (at: number, more: Partial<Verdict> = {}): Standing => ({
  id: 'web1',
  verdict: {
    ...{ health: 'up', since: 0, passes: 9, fails: 0, flaps: 0 },
    evidence: observed(at, PASS),
    ...more,
  },
});

const toldDown = (at: number): Standing => ({
  id: 'web1',
  verdict: {
    ...{ health: 'down', since: at, passes: 0, fails: 3, flaps: 1 },
    evidence: observed(at, REFUSED),
  },
});

const see = (own: OwnView, at: number, outcome: Outcome, told = toldUp(0)): OwnView =>
  seeItself(own, told, { seen: observed(at, outcome), thresholds });

const join = (told: Standing, own: OwnView, now = 100_000) =>
  joinViews(told, own, { now, slackMs: 1000, slowReturnMs: 90_000 });

const refusedAt = (at: number): OwnView => see(NOTHING_SEEN, at, REFUSED);

describe('what the primary sees itself', () => {
  it('takes a secondary out by one refused connection, and by no other failure', () => {
    const { standing } = join(toldUp(10_000), refusedAt(20_000), 20_000);
    assert.equal(standing.verdict.health, 'down');
    assert.equal(standing.verdict.evidence?.outcome, REFUSED);
    for (const failed of [TIMEOUT, PASS]) assert.equal(see(NOTHING_SEEN, 20_000, failed), NOTHING_SEEN);
  });

  it('leaves one that is down already to those who found it down', () => {
    assert.equal(see(NOTHING_SEEN, 20_000, REFUSED, toldDown(10_000)), NOTHING_SEEN);
  });

  it('is not overruled by older news, nor by news that may be older', () => {
    for (const at of [10_000, 20_500, 20_999])
      assert.equal(join(toldUp(at), refusedAt(20_000)).standing.verdict.health, 'down');
  });

  it('is overruled by younger news that it works, and then it comes back slowly', () => {
    const { standing, own } = join(toldUp(22_000), refusedAt(20_000), 22_000);
    assert.equal(standing.verdict.health, 'up');
    assert.equal(standing.verdict.warmingSince, 22_000);
    const later = join(toldUp(62_000), own, 62_000);
    assert.equal(later.standing.verdict.warmingSince, 22_000);
    assert.equal(join(toldUp(113_000), later.own, 113_000).own.verdict, undefined);
  });

  it('is not overruled by younger news of a failure that has not turned the verdict yet', () => {
    const failing = toldUp(30_000, { fails: 1, passes: 0, evidence: observed(30_000, TIMEOUT) });
    assert.equal(join(failing, refusedAt(20_000)).standing.verdict.health, 'down');
  });

  it('is done with when others find it down, too: they see when it is back', () => {
    const { standing, own } = join(toldDown(30_000), refusedAt(20_000));
    assert.equal(standing.verdict.health, 'down');
    assert.deepEqual(own, {});
  });

  it('brings it back by `rise` passes of its own, slowly; a new refusal takes it out again', () => {
    const once = see(refusedAt(20_000), 20_300, PASS);
    assert.equal(join(toldUp(10_000), once).standing.verdict.health, 'down');
    const back = see(once, 20_600, PASS);
    const { standing, own } = join(toldUp(10_000), back, 20_600);
    assert.equal(standing.verdict.health, 'up');
    assert.equal(standing.verdict.warmingSince, 20_600);
    assert.equal(join(toldUp(10_000), see(own, 21_000, REFUSED)).standing.verdict.health, 'down');
  });

  it('counts as load until there is a younger report', () => {
    const own = { load: { at: 20_000, running: 3 } };
    const told = (at: number): Standing => ({ ...toldUp(at), load: { at, running: 9 } });
    assert.equal(join(told(10_000), own).standing.load?.running, 3);
    assert.equal(join(toldUp(10_000), own).standing.load?.running, 3);
    const younger = join(told(30_000), own);
    assert.equal(younger.standing.load?.running, 9);
    assert.deepEqual(younger.own, {});
  });
});
