import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { loadViews } from '../../src/doors/pages/views.ts';
import { sheetsFor } from './sheets.ts';

const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&quot;<%= it %></title></style>`;

const plain = sheetsFor('www.example.org', '/library/books?sort=title');
const hostile = sheetsFor(HOSTILE, `/${HOSTILE}`);

const bodiesOf = (element: 'script' | 'style', html: string): readonly string[] =>
  Array.from(html.matchAll(new RegExp(`<${element}[^>]*>(.*?)</${element}>`, 'gs')), ([, body = '']) => body);

const tagsOf = (html: string): readonly string[] =>
  Array.from(html.matchAll(/<(\/?[a-z][a-z0-9]*)/g), ([, name = '']) => name);

describe('every view', () => {
  for (const [place, { name, html, contentSecurityPolicy }] of plain.entries()) {
    it(`${name}: the policy names exactly its scripts and styles`, () => {
      const used = [...bodiesOf('script', html), ...bodiesOf('style', html)].map(
        (body) => `sha256-${createHash('sha256').update(body).digest('base64')}`,
      );
      const permitted = Array.from(contentSecurityPolicy.matchAll(/'(sha256-[^']+)'/g), ([, hash]) => hash);
      assert.deepEqual(permitted, used);
    });

    it(`${name}: hostile text stays text`, () => {
      const sheet = hostile[place];
      assert.ok(sheet?.name === name);
      assert.deepEqual(tagsOf(sheet.html), tagsOf(html));
      assert.deepEqual(bodiesOf('script', sheet.html), bodiesOf('script', html));
      assert.deepEqual(bodiesOf('style', sheet.html), bodiesOf('style', html));
    });

    it(`${name}: asks nobody else for anything`, () => {
      assert.doesNotMatch(html, /<(?:img|iframe|object|embed|link rel="(?:stylesheet|preload|prefetch))/);
      assert.doesNotMatch(html, /\b(?:src|on[a-z]+|style)="/);
      assert.doesNotMatch(html, /url\(|@import/);
    });

    it(`${name}: has a language, a title, one heading, and fits a phone`, () => {
      assert.match(html, /^<!doctype html>\n<html lang="en"/);
      assert.match(html, /<title>[^<]+<\/title>/);
      assert.equal(html.match(/<h1>/g)?.length, 1);
      assert.match(html, /<meta name=viewport content="width=device-width,initial-scale=1">/);
      assert.doesNotMatch(html, /undefined/);
    });
  }

  it('shares a style of less than 2 kB', () => {
    const [shared = ''] = bodiesOf('style', plain[0]?.html ?? '');
    assert.ok(shared.length > 0 && Buffer.byteLength(shared) < 2000, `${Buffer.byteLength(shared)} bytes`);
    for (const { html } of plain) assert.equal(bodiesOf('style', html)[0], shared);
  });

  it('is read and compiled once', () => {
    const views = loadViews();
    assert.equal(views.page, views.page);
    assert.equal(views.sorry, views.sorry);
    assert.equal(views.splash, views.splash);
  });
});
