import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homewardOf } from '../../src/relay/homeward.ts';
import { plainSettings } from '../doors/a-door.ts';
import { hostOf } from '../deliveries/visit-of.ts';

test('a Location that names a listed secondary leads to the primary, and any other place stays where it is', () => {
  const [web1, web2] = plainSettings().secondaries;
  assert.ok(web1 && web2);
  const homeward = homewardOf([
    web1,
    {
      ...web2,
      id: 'far',
      address: { kind: 'own', origin: 'https://www2.example.org' },
      at: 'https://10.0.0.9',
    },
  ]);
  const own = 'http://www.example.org:8000';
  const leads = (location: string): string => homeward(location, { host: hostOf('www.example.org'), own });
  for (const [from, to] of [
    ['http://www.example.org:8086/folder/?a=b', `${own}/folder/?a=b`],
    ['HTTP://WWW.example.org:8086/x', `${own}/x`],
    ['//www.example.org:8086/x', `${own}/x`],
    ['http://127.0.0.1:8086/x', `${own}/x`],
    ['https://www2.example.org?q', `${own}?q`],
    ['https://10.0.0.9/x#y', `${own}/x#y`],
  ] as const) {
    assert.equal(leads(from), to);
  }
  for (const elsewhere of [
    ...['/path', 'path', '', 'mailto:a@b', 'http://www.example.org:8087/', 'http://www2.example.org/'],
    ...['http://www.example.org:8086.evil.example/', 'http://www.example.org:8086@evil.example/'],
  ]) {
    assert.equal(leads(elsewhere), elsewhere);
  }
});
