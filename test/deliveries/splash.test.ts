import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splash } from '../../src/deliveries/splash.ts';
import { loadViews } from '../../src/doors/pages/views.ts';
import { headerOf } from './header-of.ts';
import { hostOf } from './visit-of.ts';

describe('splash', () => {
  it('welcomes to the host that was asked for and leads on through the primary', () => {
    const reply = splash(hostOf('www.example.org'), loadViews());
    assert.equal(reply.status, 200);
    assert.match(reply.body ?? '', /<title>Welcome to www\.example\.org<\/title>/);
    assert.match(reply.body ?? '', /<a class="on go" href="\/">/);
  });

  it('needs no script', () => {
    const reply = splash(hostOf('www.example.org'), loadViews());
    assert.doesNotMatch(reply.body ?? '', /<script/);
    assert.match(headerOf(reply, 'Content-Security-Policy') ?? '', /script-src 'none'/);
  });
});
