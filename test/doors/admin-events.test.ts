import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pretend, secondary } from '../dashboard/pretend.ts';
import { listen } from './events.ts';
import { ask, openAdmin } from './open-admin.ts';

const pool = () => {
  const two = pretend([secondary('web1'), secondary('web2')]);
  two.round();
  return two;
};

test('who joins gets the whole, then what changes, once a second', async () => {
  const two = pool();
  const { url } = await openAdmin(two);
  const dashboard = await listen(url);
  const whole = await dashboard.next('status');
  assert.deepEqual(
    whole.data.secondaries.map((row: { id: string; health: string }) => [row.id, row.health]),
    [
      ['web1', 'up'],
      ['web2', 'up'],
    ],
  );
  two.check('web2', {
    outcome: { ok: false, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED' },
  });
  const change = await dashboard.next('change');
  assert.deepEqual(
    change.data.secondaries.map((row: { id: string }) => row.id),
    ['web1', 'web2'],
  );
  assert.equal(change.data.secondaries[1].health, 'down');
  assert.equal(change.data.secondaries[1].address, undefined);
  assert.deepEqual(change.data.secondaries[0], { id: 'web1', share: { wanted: 1, given: null } });
  assert.equal(change.data.headline.words, 'web2 is down');
  const quiet = await dashboard.next('change');
  assert.deepEqual(quiet.data.secondaries, []);
  assert.deepEqual(quiet.data.point.visits, [0, 0]);
  dashboard.leave();
});

test('who joins later gets what the changes of the others are counted from', async () => {
  const two = pool();
  const { url } = await openAdmin(two);
  const first = await listen(url);
  await first.next('change');
  two.check('web1', { outcome: { ok: true, tookMs: 77 } });
  const second = await listen(url);
  const whole = (await second.next('status')).data;
  const change = (await second.next('change')).data;
  const row = {
    ...whole.secondaries[0],
    ...change.secondaries.find(({ id }: { id: string }) => id === 'web1'),
  };
  assert.equal(row.check.tookMs, 77);
  first.leave();
  second.leave();
});

test('a pool of others brings the whole anew', async () => {
  const two = pool();
  const { url } = await openAdmin(two);
  const dashboard = await listen(url);
  await dashboard.next('status');
  two.configure({ secondaries: [secondary('web2'), secondary('web3')] });
  const whole = await dashboard.next('status');
  assert.deepEqual(
    whole.data.secondaries.map((row: { id: string }) => row.id),
    ['web2', 'web3'],
  );
  dashboard.leave();
});

test('who shows three rows of many is told of three: those that need a look, and of newcomers all', async () => {
  const many = pretend(Array.from({ length: 50 }, (_, index) => secondary(`web${index}`)));
  many.round();
  const { url } = await openAdmin(many);
  const three = await listen(url, '?rows=3');
  const found = await listen(url, '?rows=3&find=WEB4');
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  const whole = (await three.next('status')).data;
  assert.deepEqual([whole.all, whole.found, ids(whole.secondaries)], [50, 50, ['web0', 'web1', 'web2']]);
  assert.deepEqual(Object.keys(whole.beats), ['web0', 'web1', 'web2']);
  const other = (await found.next('status')).data;
  assert.deepEqual([other.all, other.found, ids(other.secondaries)], [50, 11, ['web4', 'web40', 'web41']]);

  many.check('web45', { outcome: { ok: false, tookMs: 1, failure: 'refused', detail: 'x' } });
  const change = (await three.next('change')).data;
  assert.deepEqual(change.order, ['web45', 'web0', 'web1']);
  const newcomer = change.secondaries.find(({ id }: { id: string }) => id === 'web45');
  assert.equal(newcomer.address, ':8086');
  assert.deepEqual(Object.keys(change.beats), ['web45']);
  assert.ok(!ids(change.secondaries).includes('web2'), 'who left the view is not told of');
  assert.deepEqual((await found.next('change')).data.order, ['web45', 'web4', 'web40']);

  many.configure({ secondaries: [secondary('web0'), secondary('web7')] });
  const fewer = (await three.next('change')).data;
  assert.deepEqual([fewer.all, fewer.found, fewer.order], [2, 2, ['web0', 'web7']]);
  three.leave();
  found.leave();
});

test('of checks more often than once a second each is a bar, a failure and a count', async () => {
  const two = pretend([secondary('web1'), secondary('web2')]);
  two.round({ agoMs: 900 });
  const { url, see } = await openAdmin(two);
  const dashboard = await listen(url, '?rows=3');
  await dashboard.next('status');
  for (const agoMs of [500, 400, 300, 200, 100]) {
    two.check('web1', { agoMs, outcome: { ok: false, tookMs: 1, failure: 'refused', detail: 'x' } });
    see(two.sources.pool());
  }
  const { between } = (await dashboard.next('change')).data;
  assert.deepEqual(Object.keys(between), ['web1']);
  assert.equal(between.web1.length, 4);
  const beats = JSON.parse((await ask(`${url}api/beats`)).body) as Record<string, unknown[]>;
  assert.deepEqual([beats['web1']?.length, beats['web2']?.length], [6, 1]);
  const { body } = await ask(`${url}metrics`);
  assert.match(body, /^usher_check_duration_seconds_count\{result="fail"\} 5$/m);
  const page = await ask(`${url}secondary/web1`);
  assert.equal(page.body.match(/<code>x<\/code>/g)?.length, 5);
  dashboard.leave();
});

test('events come as they happen, in words', async () => {
  const two = pool();
  const { url } = await openAdmin(two);
  const dashboard = await listen(url);
  await dashboard.next('status');
  two.sources.journal({
    type: 'health-changed',
    secondary: 'web2',
    from: 'up',
    to: 'down',
    because: 'refused:\n\ndata: x',
  });
  const entry = await dashboard.next('entry');
  assert.equal(entry.data.words, 'web2 is down, was up: refused:\n\ndata: x');
  assert.equal(entry.data.tone, 'trouble');
  dashboard.leave();
});

test('a picture of another page is no dashboard: it takes no place', async () => {
  const { url } = await openAdmin(pool());
  for (const headers of [{ Accept: 'image/avif,image/webp,*/*;q=0.8' }, {}]) {
    const { status, body } = await ask(`${url}api/events`, { headers });
    assert.equal(status, 406);
    assert.match(body, /text\/event-stream/);
  }
});

test('a hundred dashboards may be open, one more is asked to come later', async () => {
  const { url } = await openAdmin(pool());
  const open = await Promise.all(Array.from({ length: 100 }, () => listen(url)));
  assert.ok(open.every(({ status }) => status === 200));
  const more = await ask(`${url}api/events`, { headers: { Accept: 'text/event-stream' } });
  assert.equal(more.status, 503);
  assert.equal(more.headers['retry-after'], '10');
  assert.match(more.headers['content-type'] ?? '', /^application\/json/);
  assert.equal((await ask(`${url}api/status`)).status, 200);
  for (const one of open) one.leave();
  await Promise.all(open.map(({ ended }) => ended));
  // The door hears of it a moment later than the test.
  let again = await listen(url);
  while (again.status === 503) again = await listen(url);
  assert.equal(again.status, 200);
  again.leave();
});

test('stopping ends open dashboards and waits for none', async () => {
  const door = await openAdmin(pool());
  const dashboard = await listen(door.url);
  await dashboard.next('status');
  await door.stop();
  await dashboard.ended;
});

test('a bug in what is shown is told once and the door stays open', async () => {
  const two = pool();
  let isBroken = false;
  let asked = 0;
  const sources = {
    ...two.sources,
    counts: () => {
      asked += 1;
      if (isBroken) throw new Error(`no counts ${String(asked)}`);
      return two.sources.counts();
    },
  };
  const { url } = await openAdmin({ ...two, sources });
  const dashboard = await listen(url);
  await dashboard.next('change');
  isBroken = true;
  const told = await dashboard.next('entry');
  assert.match(told.data.words, /A bug in admin door: Error: no counts/);
  const page = await ask(url);
  assert.equal(page.status, 500);
  assert.doesNotMatch(page.body, /at .*\.ts/);
  isBroken = false;
  await dashboard.next('change');
  assert.equal((await ask(url)).status, 200);
  assert.equal(two.entries().filter(({ type }) => type === 'bug').length, 2);
  dashboard.leave();
});
