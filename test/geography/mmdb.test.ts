import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Reader, type CityResponse } from 'mmdb-lib';
import { openMmdb } from '../../src/geography/mmdb.ts';
import { networkOf } from '../../src/model/network.ts';
import type { Place } from '../../src/model/place.ts';
import { seeded } from '../policies/pool-of.ts';
import { buildMmdb, type Data } from './build-mmdb.ts';

const city = (latitude: number, longitude: number): Data => ({
  city: { names: { de: 'Irgendwo', en: 'Somewhere' } },
  location: { accuracy_radius: 20, latitude, longitude },
});

/** Records of networks all over, among them those that are looked at when the file is opened. */
const everywhere = (of: (n: number) => Data): Record<string, Data> => {
  const samples = Array.from({ length: 40 }, (_, n) => {
    const network = Math.floor(((n * 0.618_034) % 1) * 2 ** 24);
    return `${network >>> 16}.${(network >>> 8) & 255}.${network & 255}.0`;
  });
  return Object.fromEntries(samples.map((address, n) => [address, of(n)]));
};

const opened = (bytes: Buffer) => {
  const mmdb = openMmdb(bytes);
  assert.ok(typeof mmdb !== 'string', 'it is refused');
  return mmdb;
};

describe('openMmdb', () => {
  it('tells the place that the record of a network names, as the usual reader does', () => {
    const records = { ...everywhere((n) => city(n - 20, n * 2)), '203.0.113.0': city(-33.9, 151.2) };
    const bytes = buildMmdb(records);
    const { placeOf, type } = opened(bytes);
    assert.equal(type, 'Test-City');
    const usual = new Reader<CityResponse>(bytes);
    for (const address of Object.keys(records)) {
      const there = usual.get(address)?.location;
      assert.deepEqual(placeOf(networkOf(address)), [there?.latitude, there?.longitude], address);
    }
    assert.deepEqual(placeOf(networkOf('203.0.113.77')), [-33.9, 151.2]);
    assert.equal(placeOf(networkOf('198.51.100.1')), undefined);
    assert.equal(placeOf(networkOf('2001:db8::1')), undefined);
  });

  it('reads the other keys that makers of such files use', () => {
    for (const record of [
      { latitude: 1.5, longitude: -2.5 },
      { lat: '1.5', lng: '-2.5' },
    ]) {
      const { placeOf } = opened(buildMmdb({ ...everywhere(() => record), '192.0.2.0': record }));
      assert.deepEqual(placeOf(networkOf('192.0.2.9')), [1.5, -2.5]);
    }
  });

  it('reads a file that knows one small country, or one network', () => {
    const small = Array.from({ length: 600 }, (_, n) => [`46.${22 + (n >> 8)}.${n & 255}.0`, city(64, -21)]);
    for (const records of [Object.fromEntries(small), { '203.0.113.0': city(64, -21) }]) {
      const { placeOf } = opened(buildMmdb(records as Record<string, Data>));
      assert.deepEqual(placeOf(networkOf(Object.keys(records)[0] ?? '')), [64, -21]);
    }
  });

  it('refuses in words what is none, is cut, or tells no places', () => {
    const bytes = buildMmdb(everywhere(() => city(1, 2)));
    const refusal = (of: Buffer): string => {
      const refused = openMmdb(of);
      assert.ok(typeof refused === 'string');
      return refused;
    };
    assert.match(refusal(Buffer.alloc(0)), /no MaxMind DB/);
    assert.match(refusal(Buffer.from('<html>not found</html>')), /no MaxMind DB/);
    assert.match(refusal(bytes.subarray(0, bytes.length >> 1)), /no MaxMind DB, or only a part/);
    assert.match(refusal(bytes.subarray(bytes.length >> 1)), /it is cut/);
    assert.match(
      refusal(
        buildMmdb(
          everywhere(() => ({ country: { iso_code: 'DE' } })),
          'Test-Country',
        ),
      ),
      /tells no places \(Test-Country\)/,
    );
  });

  it('never throws, hangs or leaves the globe, whatever bytes are turned over', () => {
    const good = buildMmdb(everywhere((n) => city(n, n)));
    const dice = seeded(11);
    const networks = Object.keys(everywhere(() => '')).map(networkOf);
    for (let round = 0; round < 600; round += 1) {
      const bytes = Buffer.from(good);
      for (let n = 0; n < 1 + Math.floor(dice() * 40); n += 1) {
        bytes[Math.floor(dice() * bytes.length)] = Math.floor(dice() * 256);
      }
      const mmdb = openMmdb(bytes);
      if (typeof mmdb === 'string') continue;
      for (const network of networks) {
        const [north, east]: Place = mmdb.placeOf(network) ?? [0, 0];
        assert.ok(Math.abs(north) <= 90 && Math.abs(east) <= 180);
      }
    }
  });
});
