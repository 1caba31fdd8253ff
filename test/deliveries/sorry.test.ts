import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { relativeToItself, sorry } from '../../src/deliveries/sorry.ts';
import { loadViews } from '../../src/doors/pages/views.ts';
import type { Target } from '../../src/model/visit.ts';
import { anyTarget } from './arbitrary.ts';
import { headerOf } from './header-of.ts';
import { targetOf, visitOf } from './visit-of.ts';

const views = loadViews();

describe('sorry', () => {
  it('says that it is for now, and when to come back', () => {
    const reply = sorry(visitOf(), views);
    assert.equal(reply.status, 503);
    assert.equal(headerOf(reply, 'Retry-After'), '5');
    assert.equal(headerOf(reply, 'Cache-Control'), 'no-store');
  });

  it('tries again by itself without script', () => {
    const { body = '' } = sorry(visitOf({ method: 'GET', target: targetOf('/a/b?x=1&y') }), views);
    assert.match(body, /<noscript><meta http-equiv="refresh" content="5;url=\.\/b\?x=1&amp;y"><\/noscript>/);
  });

  it('asks for the same address again', () => {
    fc.assert(
      fc.property(anyTarget, (raw) => {
        const { href } = new URL(`http://h${raw}`);
        // As a browser asks for it: it settles dot segments and backslashes beforehand.
        const target = targetOf(href.slice('http://h'.length));
        assert.equal(new URL(relativeToItself(target), href).href, href);
      }),
      { numRuns: 5000 },
    );
  });

  it('never asks another host, whatever the target', () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        assert.equal(new URL(relativeToItself(target), `http://h${target}`).host, 'h');
      }),
      { numRuns: 5000 },
    );
  });

  it('does not try again by itself after a POST, which would drop what was sent', () => {
    const { status, body = '' } = sorry(visitOf({ method: 'POST' }), views);
    assert.equal(status, 503);
    assert.doesNotMatch(body, /http-equiv="refresh"/);
    assert.match(body, /send it again/);
  });

  it('has the same tags whatever the target', () => {
    const tagsOf = (target: Target): readonly string[] =>
      sorry(visitOf({ target }), views).body?.match(/<[^ >]+/g) ?? [];
    const expected = tagsOf(targetOf('/'));
    fc.assert(
      fc.property(anyTarget, (target) => {
        assert.deepEqual(tagsOf(target), expected);
      }),
    );
  });
});
