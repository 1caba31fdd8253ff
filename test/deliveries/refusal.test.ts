import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal, type RefusalStatus } from '../../src/deliveries/refusal.ts';
import { headerOf } from './header-of.ts';

const statuses: readonly RefusalStatus[] = [400, 404, 405, 421, 426];

describe('refusal', () => {
  it('is one sentence of plain text', () => {
    for (const status of statuses) {
      const reply = refusal(status);
      assert.equal(reply.status, status);
      assert.equal(headerOf(reply, 'Content-Type'), 'text/plain; charset=utf-8');
      assert.equal(headerOf(reply, 'X-Content-Type-Options'), 'nosniff');
      assert.match(reply.body ?? '', /^[A-Z][^.\n]+\.\n$/);
    }
  });

  it('sends nobody anywhere and is never stored', () => {
    for (const status of statuses) {
      assert.equal(headerOf(refusal(status), 'Location'), undefined);
      assert.equal(headerOf(refusal(status), 'Cache-Control'), 'no-store');
    }
  });

  it('names the methods that are answered, without TRACE', () => {
    assert.equal(headerOf(refusal(405), 'Allow'), 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  });

  it('names the protocol that would do where a WebSocket was asked for', () => {
    assert.equal(headerOf(refusal(426), 'Upgrade'), 'HTTP/1.1');
  });

  it('is made once, so that a flood of them costs little', () => {
    assert.equal(refusal(400), refusal(400));
  });
});
