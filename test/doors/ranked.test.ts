import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor, plainSettings } from './a-door.ts';

for (const mode of ['assigned', 'random', 'fastest']) {
  test(`the page of mode ${mode} names the candidates, best first, and why the first is`, async (context) => {
    const delivery = { name: 'page', options: { mode, ask: '/favicon.ico' } };
    const { port } = await openDoor(context, { fastLane: true, settings: plainSettings({ delivery }) });
    const ask = async (cookie: string): Promise<readonly [page: string, cookie: string]> => {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/x`, {
        headers: { accept: 'text/html', cookie },
      });
      return [await answer.text(), answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''];
    };
    const [page, cookie] = await ask('');
    assert.match(page, /<a class="on go" href="[^"]*:8086\/x" data-all="8086 8087" data-why=first[ >]/);
    const [kept] = await ask(cookie);
    assert.match(kept, /<a class="on go" href="[^"]*:8086\/x"/);
    // Whoever goes back to where he was is to go nowhere else.
    if (mode === 'assigned') assert.match(kept, / data-all="8086 8087" data-why=affinity>/);
    else assert.doesNotMatch(kept, / data-/);
  });
}
