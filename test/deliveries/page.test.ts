import assert from 'node:assert/strict';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deliveries } from '../../src/deliveries/index.ts';
import { locate } from '../../src/deliveries/locate.ts';
import { redirectTo } from '../../src/deliveries/redirect.ts';
import { loadViews } from '../../src/doors/pages/views.ts';
import { makeFrom } from '../../src/unit.ts';
import { anyAddress, anyHost, anyTarget } from './arbitrary.ts';
import { headerOf } from './header-of.ts';
import { hostOf, targetOf, visitOf } from './visit-of.ts';

const views = loadViews();
const deliver = makeFrom(deliveries, { name: 'page', options: { mode: 'assigned' } });

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** Where the links of a page lead, as a browser reads them. */
const hrefsOf = (html: string): readonly string[] =>
  Array.from(html.matchAll(/ href="([^"]*)"/g), ([, href = '']) =>
    href.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? ''),
  ).filter((href) => href !== 'data:,');

describe('page', () => {
  it('has one link, which leads to the location byte for byte', () => {
    fc.assert(
      fc.property(anyAddress, anyHost, anyTarget, (address, host, target) => {
        const location = locate(address, host, target);
        const { status, body = '' } = deliver(visitOf({ host, target }), location, views);
        assert.equal(status, 200);
        assert.deepEqual(hrefsOf(body), [location]);
      }),
      { numRuns: 500 },
    );
  });

  it('has the same tags whatever the target and the host', () => {
    const tagsOf = (html: string): readonly string[] =>
      html.match(/<[^>]*>/g)?.map((tag) => tag.split(' ')[0]!) ?? [];
    const plain = locate({ kind: 'same-host', scheme: 'http', port: 1 }, hostOf('a'), targetOf('/'));
    const expected = tagsOf(deliver(visitOf(), plain, views).body ?? '');
    fc.assert(
      fc.property(anyAddress, anyHost, anyTarget, (address, host, target) => {
        const { body = '' } = deliver(visitOf({ host, target }), locate(address, host, target), views);
        assert.deepEqual(tagsOf(body), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('has headers that no visitor can change', () => {
    const location = locate({ kind: 'same-host', scheme: 'http', port: 1 }, hostOf('a'), targetOf('/'));
    const { headers } = deliver(visitOf(), location, views);
    fc.assert(
      fc.property(anyAddress, anyHost, anyTarget, (address, host, target) => {
        assert.deepEqual(
          deliver(visitOf({ host, target }), locate(address, host, target), views).headers,
          headers,
        );
      }),
      { numRuns: 100 },
    );
    for (let at = 0; at < headers.length; at += 2) {
      validateHeaderName(headers[at]!);
      validateHeaderValue(headers[at]!, headers[at + 1]!);
    }
  });

  it('may run its own script and use its own style, and nothing else', () => {
    const location = locate({ kind: 'same-host', scheme: 'http', port: 1 }, hostOf('a'), targetOf('/'));
    const policy = headerOf(deliver(visitOf(), location, views), 'Content-Security-Policy') ?? '';
    assert.match(
      policy,
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; img-src data:; base-uri 'none'; form-action 'none'$/,
    );
  });

  it('lets the secondary see a Referer and turns no port into https', () => {
    const location = locate({ kind: 'same-host', scheme: 'http', port: 1 }, hostOf('a'), targetOf('/'));
    const reply = deliver(visitOf(), location, views);
    assert.equal(headerOf(reply, 'Referrer-Policy'), 'no-referrer-when-downgrade');
    assert.equal(headerOf(reply, 'X-Content-Type-Options'), 'nosniff');
    assert.equal(headerOf(reply, 'Cache-Control'), 'no-store');
    assert.equal(headerOf(reply, 'Strict-Transport-Security'), undefined);
  });

  it('is the same for HEAD as for GET', () => {
    const location = locate({ kind: 'same-host', scheme: 'http', port: 1 }, hostOf('a'), targetOf('/'));
    assert.deepEqual(
      deliver(visitOf({ method: 'HEAD' }), location, views),
      deliver(visitOf({ method: 'GET' }), location, views),
    );
  });

  it('redirects what is neither GET nor HEAD, so that method and body arrive', () => {
    const location = locate({ kind: 'same-host', scheme: 'http', port: 1 }, hostOf('a'), targetOf('/'));
    assert.deepEqual(deliver(visitOf({ method: 'POST' }), location, views), redirectTo('POST', location));
  });

  it('weighs less than 4 kB', () => {
    const location = locate(
      { kind: 'same-host', scheme: 'http', port: 8086 },
      hostOf('www.example.org'),
      targetOf(`/${'a'.repeat(200)}`),
    );
    const { body = '', headers } = deliver(visitOf(), location, views);
    assert.ok(Buffer.byteLength(body) + headers.join('').length < 4000);
  });
});
