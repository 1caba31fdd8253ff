import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sorry } from '../../src/deliveries/sorry.ts';
import { loadViews } from '../../src/doors/views.ts';
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

  it('tries again by itself without any script', () => {
    const { body = '' } = sorry(visitOf({ method: 'GET' }), views);
    assert.match(body, /<meta http-equiv="refresh" content="5">/);
    assert.doesNotMatch(body, /<script/);
  });

  it('does not try again by itself after a POST, which would drop what was sent', () => {
    const { status, body = '' } = sorry(visitOf({ method: 'POST' }), views);
    assert.equal(status, 503);
    assert.doesNotMatch(body, /http-equiv="refresh"/);
    assert.match(body, /send it again/);
  });

  it('repeats nothing of the target', () => {
    const target = targetOf('/<script>alert(1)</script>?"onload="alert(1)');
    assert.equal(sorry(visitOf({ target }), views).body, sorry(visitOf(), views).body);
  });
});
