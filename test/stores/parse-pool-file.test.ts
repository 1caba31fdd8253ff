import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { numberIn } from '../../src/loads/numbers.ts';
import { parsePingfile, parseSitefile } from '../../src/stores/parse-pool-file.ts';

/** Why a text is refused. */
const refusal = (
  text: string,
  parse: typeof parsePingfile | typeof parseSitefile = parsePingfile,
): string => {
  const parsed = parse(text);
  assert.ok(!parsed.ok, `believed ${text.slice(0, 100)}`);
  return parsed.because;
};

const pingRow = (row: string): string => `{"seq":1,"secondaries":{"web1":${row}}}`;
const siteRefusal = (row: string): string => refusal(pingRow(row), parseSitefile);

describe('parsePingfile', () => {
  it('takes the shortest file that a shell script may write', () => {
    const parsed = parsePingfile('{"seq":1,"secondaries":{"web1":{"health":"up"}}}');
    assert.deepEqual(parsed, { ok: true, value: { seq: 1, rows: new Map([['web1', { health: 'up' }]]) } });
  });

  it('takes white space, values with quotes and fields of a newer writer', () => {
    const parsed = parsePingfile(`
      { "seq" : 1e3, "epoch": 7, "news": { "seq": ["a\\\\", ":", "\\"seq\\":", {"b":{}}] },
        "secondaries" : { "web1" : { "health" : "down", "mood" : null,
          "evidence": { "detail": "says \\"no\\": \\\\", "tookMs": 0.5 } } } } \r\n`);
    assert.ok(parsed.ok);
    assert.equal(parsed.value.seq, 1000);
    assert.equal(parsed.value.epoch, '7');
    assert.deepEqual(parsed.value.rows.get('web1'), {
      health: 'down',
      evidence: { detail: 'says "no": \\', tookMs: 0.5 },
    });
  });

  it('refuses with words that name the place', () => {
    assert.equal(refusal(''), 'it is empty');
    assert.equal(refusal(' \n'), 'it is empty');
    assert.match(refusal('\uFEFF{"seq":1,"secondaries":{}}'), /byte order mark/);
    assert.match(refusal('{"seq":1,"secondaries":{"web1":{"hea'), /^it is not whole JSON/);
    assert.match(refusal('web1 up\nweb2 down\n'), /^it is not whole JSON/);
    assert.equal(refusal('[]'), 'it is not a JSON object');
    assert.equal(refusal('null'), 'it is not a JSON object');
    assert.equal(refusal('{}'), 'seq is missing');
    assert.equal(refusal('{"name":"usher","version":"1.0.0"}'), 'seq is missing');
    assert.equal(refusal('{"seq":1}'), 'secondaries is missing');
    assert.equal(
      refusal('{"seq":1,"secondaries":[]}'),
      'secondaries is a list or an object, and only an object fits',
    );
    assert.equal(refusal(pingRow('"up"')), 'secondaries.web1 is "up", and only an object fits');
    assert.equal(refusal(pingRow('{}')), 'secondaries.web1.health is missing');
    assert.equal(
      refusal(pingRow('{"health":"UP"}')),
      'secondaries.web1.health is "UP", and only unknown, up, down fits',
    );
    assert.equal(
      refusal(pingRow('{"health":"up","evidence":{"failure":"tired"}}')).slice(0, 57),
      'secondaries.web1.evidence.failure is "tired", and only re',
    );
  });

  it('refuses a number that is none, is endless or is below 0', () => {
    for (const seq of ['"1"', 'null', 'true', '-1', '1e999', '-1e999', '[1]', '{}']) {
      assert.match(refusal(`{"seq":${seq},"secondaries":{}}`), /^seq is .*only a number from 0 up fits$/);
    }
    assert.match(refusal('{"seq":NaN,"secondaries":{}}'), /^it is not whole JSON/);
    assert.match(refusal('{"seq":1,"everyMs":-5,"secondaries":{}}'), /^everyMs is -5/);
    assert.match(refusal('{"seq":1,"writtenAt":1e999,"secondaries":{}}'), /^writtenAt is Infinity/);
    assert.match(siteRefusal('{"running":-1}'), /^secondaries\.web1\.running is -1/);
    assert.match(siteRefusal('{"busySeconds":1e999}'), /^secondaries\.web1\.busySeconds is Infinity/);
    assert.match(siteRefusal('{"weightShare":75}'), /weightShare is 75, and only a number from 0 to 1 fits/);
    assert.match(siteRefusal('{"wish":"party"}'), /^secondaries\.web1\.wish is "party"/);
  });

  it('takes for a load what a probe takes, and refuses what a probe refuses; only a sequence number may be anything', () => {
    for (const figure of [0, 0.5, 1e15, 1.1e15, 1.7e308, -1]) {
      const { ok } = parseSitefile(`{"seq":1e18,"secondaries":{"web1":{"running":${figure}}}}`);
      assert.equal(ok, numberIn(figure) !== undefined, String(figure));
    }
  });

  it('refuses a key that stands twice, wherever it does', () => {
    for (const text of [
      '{"seq":1,"seq":2,"secondaries":{}}',
      '{"seq":1,"secondaries":{"web1":{"health":"up"},"web1":{"health":"down"}}}',
      '{"seq":1,"secondaries":{"web1":{"health":"up" , "health" \n: "down"}}}',
      '{"seq":1,"secondaries":{"__proto__":{"health":"up"},"__proto__":{"health":"up"}}}',
    ]) {
      assert.equal(refusal(text), 'a key stands in it twice', text);
    }
  });

  it('refuses a key that is written with a backslash, before anybody takes it for another', () => {
    for (const key of ['w\\u0065b1', 'web\\"', 'web\\\\', '\\u005f_proto__']) {
      const text = `{"seq":1,"secondaries":{"web1":{"health":"up"},"${key}":{"health":"down"}}}`;
      assert.equal(refusal(text), 'a key in it is written with a backslash', text);
    }
  });

  it('takes __proto__ and constructor for names like any other', () => {
    const parsed = parsePingfile(
      '{"seq":1,"__proto__":{"everyMs":5},"secondaries":{"__proto__":{"health":"up"},"constructor":{"health":"down"}}}',
    );
    assert.ok(parsed.ok);
    assert.equal(parsed.value.everyMs, undefined);
    assert.deepEqual([...parsed.value.rows.keys()], ['__proto__', 'constructor']);
    assert.equal(({} as Record<string, unknown>)['health'], undefined);
  });

  it('is not brought down by depth', () => {
    const depth = 200_000;
    assert.equal(refusal(`${'['.repeat(depth)}${']'.repeat(depth)}`), 'it is not a JSON object');
    const deep = `{"seq":1,"secondaries":{},"more":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    assert.ok(parsePingfile(deep).ok);
  });

  it('makes every text of a stranger printable and short', () => {
    const parsed = parsePingfile(
      pingRow(
        JSON.stringify({ health: 'down', evidence: { detail: `\u001b[2J<script>${'x'.repeat(9999)}` } }),
      ),
    );
    assert.ok(parsed.ok);
    const detail = parsed.value.rows.get('web1')?.evidence?.detail ?? '';
    assert.match(detail, /^[\x20-\x7e]{1,200}$/);
    assert.match(
      refusal(pingRow(JSON.stringify({ health: `\n\u0000${'x'.repeat(9999)}` }))),
      /^[\x20-\x7e]{1,400}$/,
    );
    assert.match(refusal(`{"\u001b[2J${'x'.repeat(9999)}`), /^[\x20-\x7e]{1,400}$/);
  });

  it('never throws, and believes only whole numbers and words, whatever the JSON', () => {
    const seqs = fc.oneof(fc.integer(), fc.jsonValue());
    const rows = fc.dictionary(
      fc.oneof(fc.constantFrom('web1', '__proto__'), fc.string()),
      fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            health: fc.oneof(fc.constantFrom('up', 'down'), fc.jsonValue()),
            since: fc.oneof(fc.double(), fc.jsonValue()),
            running: fc.oneof(fc.double(), fc.jsonValue()),
            evidence: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
    );
    fc.assert(
      fc.property(fc.record({ seq: seqs, secondaries: fc.oneof(rows, fc.jsonValue()) }), (given) => {
        const text = JSON.stringify(given);
        for (const parsed of [parsePingfile(text), parseSitefile(text)]) {
          if (!parsed.ok) {
            assert.match(parsed.because, /^[\x20-\x7e]+$/);
            continue;
          }
          assert.ok(Number.isFinite(parsed.value.seq) && parsed.value.seq >= 0);
          for (const row of parsed.value.rows.values()) {
            if ('health' in row) assert.ok(['up', 'down', 'unknown'].includes(row.health));
            else assert.ok(row.report.running === undefined || row.report.running >= 0);
          }
        }
      }),
    );
  });

  it('believes no beginning of a file', () => {
    const whole =
      '{"seq":1,"everyMs":2000,"secondaries":{\n"web1":{"health":"up"},\n"web2":{"health":"down"}\n}}\n';
    for (let length = 0; length < whole.trimEnd().length; length += 1) refusal(whole.slice(0, length));
    assert.ok(parsePingfile(whole).ok);
  });

  it('finds a twin key exactly where one object has two, whatever the texts', () => {
    const key = fc
      .oneof(fc.constantFrom('a', 'b', ':', ' :'), fc.string({ maxLength: 3 }))
      .filter((name) => !/["\\]/.test(name));
    const value = fc.oneof(fc.constantFrom('"', '\\', '":', '\\":', '\\\\'), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 8 }), (pairs) => {
        const more = pairs.map(([name, text]) => `,${JSON.stringify(`x${name}`)} :${JSON.stringify(text)}`);
        const parsed = parsePingfile(`{"seq":1,"secondaries":{}${more.join('')}}`);
        assert.equal(parsed.ok, new Set(pairs.map(([name]) => name)).size === pairs.length);
      }),
    );
  });
});

describe('parseSitefile', () => {
  it('takes the shortest file that a shell script may write', () => {
    const parsed = parseSitefile('{"seq":1,"secondaries":{"web1":{"running":3}}}');
    assert.deepEqual(parsed, {
      ok: true,
      value: { seq: 1, rows: new Map([['web1', { report: { running: 3 } }]]) },
    });
  });
});
