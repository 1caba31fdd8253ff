import type { z } from 'zod';
import type { Registry, Zod } from '../../unit.ts';
import { byKind } from './by-kind.ts';
import { flaw } from '../explain.ts';
import { isLoopback } from '../host-name.ts';
import { readUrl } from '../endpoint.ts';
import {
  cookieName,
  duration,
  entrancePath,
  fileName,
  hostName,
  range,
  secondaryId,
  target,
} from './leaves.ts';
import { fitsOneOf } from '../likely.ts';
import { adminListenSchema, DEFAULT_ADMIN, listenSchema } from './listen-schema.ts';
import { notifySchema } from './notify-schema.ts';
import { read, refuse, type Read } from '../read.ts';
import { relaySchema } from './relay-schema.ts';
import { PROBE_TIMEOUT, secondarySchema } from './secondary-schema.ts';
import type { Settings } from '../settings.ts';
import { textLeaf } from './text-leaf.ts';
import { unitSchema } from './unit-schema.ts';

/** The units that a config may name, by family. */
export interface Registries {
  readonly checks: Registry<unknown>;
  readonly loads: Registry<unknown>;
  readonly policies: Registry<unknown>;
  readonly deliveries: Registry<unknown>;
}

const SECOND = 1000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/**
 * The entrances of a config that names none: the pages that visitors of such a cluster have always known, each visit a
 * new choice, so that one can watch it.
 */
export const DEFAULT_ENTRANCES = {
  '/index.html': { policy: 'random', checks: 'none', delivery: 'page', affinity: false },
  '/failover1.shtml': { policy: 'random', checks: 'live', delivery: 'page', affinity: false },
  '/failover2.shtml': { policy: 'random', checks: 'cached', delivery: 'page', affinity: false },
  '/balance1.shtml': { policy: 'balance', checks: 'live', delivery: 'page', affinity: false },
  '/balance2.shtml': { policy: 'balance', checks: 'cached', delivery: 'page', affinity: false },
  '/splash.html': 'local',
} as const;

const SORRY = ['sorry', 'anyone', 'local'] as const;

/**
 * The schema of `usher.json`. The sentences are its documentation: they stand in the JSON Schema, and editors show
 * them. What no single key can tell is found by `contradictions`.
 */
export const configSchema = (zod: Zod, registries: Registries) => {
  const { policies, deliveries, checks: pings, loads } = registries;
  const from = zod.enum(['none', 'live', 'cached']);
  const count = zod.int().min(1).max(100);
  const secondary = secondarySchema(zod, registries);

  const admin = zod
    .strictObject({
      listen: adminListenSchema(zod)
        .prefault(DEFAULT_ADMIN)
        .describe('Where dashboard, API and metrics are served.'),
      password: zod
        .string()
        .regex(/^scrypt\$[\x21-\x7e]{16,400}$/)
        .meta({ title: 'a hash made by "usher password"', examples: ['scrypt$…'] })
        .optional()
        .describe(
          'Who may enter: a hash made by usher password. It, or a token, is needed to listen anywhere but on loopback.',
        ),
      tokens: zod
        .array(
          zod.strictObject({
            name: secondaryId(zod).describe('Whose it is, for people.'),
            scope: zod
              .enum(['read', 'write'])
              .prefault('read')
              .describe('read: may look at everything; write: may edit the config too.'),
            hash: zod
              .string()
              .regex(/^sha256\$[\w-]{43}$/)
              .meta({ title: 'a hash made by "usher password --token"', examples: ['sha256$…'] })
              .describe('What proves the token: made by usher password --token.'),
          }),
        )
        .max(100)
        .prefault([])
        .describe('Programs that may enter: bearer tokens.'),
    })
    .superRefine(({ listen, password, tokens }, ctx) => {
      if (password !== undefined || tokens.length > 0 || isLoopback(listen.host)) return;
      ctx.addIssue({
        ...flaw('is open to others and has no password', '"password" beside it'),
        path: ['listen'],
      });
    });

  const checks = zod.strictObject({
    from: from
      .prefault('cached')
      .describe(
        'Where the primary knows from who works: none (nobody asks), live (it asks when a visitor comes), cached (the two files that the worker writes).',
      ),
    every: duration(zod, { least: 100, most: HOUR })
      .prefault('2s')
      .describe(
        'How long the worker waits between two checks of a secondary. One that is up and refuses, cuts the connection or cannot be reached is asked again after 250 to 350 ms, and so is one that begins to pass while nobody is up; all others are asked every 2 s then, however long this is.',
      ),
    files: fileName(zod)
      .prefault('state')
      .describe('The folder of pingfile and sitefile, and of what Usher itself keeps.'),
    worker: zod
      .enum(['own', 'elsewhere'])
      .prefault('own')
      .describe('own: usher start brings its worker; elsewhere: usher worker runs on another machine.'),
    freshness: duration(zod, { least: 0, most: HOUR })
      .prefault('1s')
      .describe('live: how old an answer may be; 0s asks anew for every visitor.'),
    rise: count.prefault(2).describe('Passes in a row that turn a secondary up.'),
    fall: count
      .prefault(3)
      .describe(
        'Failures in a row that turn a secondary down; see every for how soon they follow one another.',
      ),
    timeout: duration(zod, PROBE_TIMEOUT)
      .prefault('2s')
      .describe('How long one check may take, and the longest that a live check keeps a visitor waiting.'),
    slowReturn: duration(zod, { least: 0, most: HOUR })
      .prefault('90s')
      .describe('How long a secondary that comes back or is new takes to its whole share; 0s: at once.'),
    freshen: zod
      .int()
      .min(0)
      .max(4)
      .prefault(1)
      .describe(
        'cached: how many secondaries are asked anew after each visit, once it is answered and within limits; 0: none.',
      ),
    ping: unitSchema(zod, 'a check', pings)
      .prefault({ http: '/' })
      .describe('How a secondary is asked whether it is there, unless it says otherwise itself.'),
    load: unitSchema(zod, 'a load reader', loads)
      .optional()
      .describe('How a secondary is asked how busy it is. Absent: by the answer time of its ping.'),
  });

  const entrance = byKind(zod, '"local" or { "policy": …, "checks": …, "delivery": … }', {
    string: textLeaf(zod, { title: 'an entrance', examples: ['local'] }, (text) =>
      text === 'local' ? read(text) : refuse('is no way to serve', fitsOneOf(text, ['local'])),
    ),
    object: zod.strictObject({
      policy: unitSchema(zod, 'a policy', policies).optional().describe('Default: policy.'),
      checks: from.optional().describe('Default: checks.from.'),
      delivery: unitSchema(zod, 'a delivery', deliveries).optional().describe('Default: delivery.'),
      affinity: zod
        .boolean()
        .prefault(true)
        .describe('false: neither reads nor sets the cookie, each visit is a new choice.'),
    }),
  });

  const config = zod.strictObject({
    $schema: zod
      .string()
      .optional()
      .describe('The JSON Schema of this file, for editors; Usher does not read it.'),
    listen: listenSchema(zod)
      .prefault(80)
      .describe('Where visitors arrive: a port, "host:port", or a list of { host, port, cert, key }.'),
    admin: admin.prefault({}).describe('The admin door: dashboard, API, metrics.'),
    threads: byKind(zod, '"auto" or a whole number from 1 to 64', {
      string: textLeaf(zod, { title: 'a number of threads', examples: ['auto'] }, (text) =>
        text === 'auto'
          ? read(text)
          : refuse('is no number of threads', '"auto" or a whole number from 1 to 64'),
      ),
      number: zod.int().min(1).max(64).meta({ title: '"auto" or a whole number from 1 to 64' }),
    })
      .prefault('auto')
      .describe('How many threads answer visitors; auto: one a core, at most 4.'),
    names: zod
      .array(hostName(zod))
      .min(1)
      .optional()
      .describe(
        'Host names that may appear in a Location. Absent: whatever valid host the visitor asked for.',
      ),
    trustProxies: zod
      .array(range(zod))
      .prefault([])
      .describe('Address ranges of proxies whose X-Forwarded-* headers are believed.'),
    lan: zod
      .array(range(zod))
      .prefault([])
      .describe(
        'Address ranges of visitors from inside, and your own public address, from which they come where the router turns them round: they are sent to the LAN address of a secondary.',
      ),
    redirectToHttps: byKind(zod, 'false or { "names": ["www.example.org"], "port": 443 }', {
      false: zod.literal(false),
      object: zod.strictObject({
        names: zod
          .array(hostName(zod))
          .min(1)
          .optional()
          .describe('The host names that have a certificate. Default: names.'),
        port: zod
          .int()
          .min(1)
          .max(65535)
          .optional()
          .describe('The port visitors find TLS at. Default: that of the door with a certificate, else 443.'),
      }),
    })
      .prefault(false)
      .describe('Sends visitors who come by http to https first, for the names that have a certificate.'),
    policy: unitSchema(zod, 'a policy', policies)
      .prefault('balance')
      .describe('How one of those who may take a visitor is chosen.'),
    checks: checks.prefault({}).describe('How Usher knows which secondaries work, and how busy they are.'),
    delivery: unitSchema(zod, 'a delivery', deliveries)
      .prefault('redirect')
      .describe('How the visitor’s browser is told where to go.'),
    affinity: byKind(zod, 'false or { "cookie": "usher", "for": "1h" }', {
      false: zod.literal(false),
      object: zod.strictObject({
        cookie: cookieName(zod).prefault('usher').describe('The name of the cookie.'),
        for: duration(zod, { least: SECOND, most: 400 * DAY })
          .prefault('1h')
          .describe('How long a visitor is sent back to where he was.'),
        redispatch: byKind(zod, 'false or a span such as "10s"', {
          false: zod.literal(false),
          string: duration(zod, { least: 2 * SECOND, most: 60 * SECOND }),
        })
          .prefault('10s')
          .describe(
            'Whoever is back within this for the same page may not have reached his secondary: it is asked at once; the second time his own browser is, by a small page, and he goes elsewhere if it does not reach it or may not be asked. false: never.',
          ),
      }),
    })
      .prefault({})
      .describe('Sends a visitor back to where he was, by a cookie; false: each visit is a new choice.'),
    relay: relaySchema(zod)
      .prefault(false)
      .describe(
        'Carries over the primary’s own port, HTTP and WebSocket, whoever reaches no secondary and what cannot be redirected; false: nobody. The secondaries then see the primary’s address, and the visitor’s in X-Forwarded-For: what they show to local addresses only, such as /server-status, has to be guarded in another way.',
      ),
    landing: target(zod)
      .prefault('/')
      .describe('Where a visitor of "/" or of an entrance lands on the secondary.'),
    debug: zod.boolean().prefault(false).describe('Says on every answer whom it sends to and why: X-Usher.'),
    jsonAnswers: zod
      .boolean()
      .prefault(true)
      .describe(
        'Who asks by GET with Accept: application/json and nothing else is told where to go, { url, alternatives, because, ttl }; false: he is sent there like everybody, for an API that lies behind.',
      ),
    whenAllDown: textLeaf(
      zod,
      { title: '"sorry", "anyone", "local" or a URL', examples: [...SORRY, 'https://sorry.example.org/'] },
      (text): Read<Settings['whenAllDown']> => {
        const kind = SORRY.find((one) => one === text);
        if (kind !== undefined) return read({ kind });
        if (!text.includes(':'))
          return refuse('is none of the choices', fitsOneOf(text, [...SORRY, 'https://…']));
        const url = readUrl(text);
        return url.ok ? read({ kind: 'url', url: url.value }) : url;
      },
    )
      .prefault('sorry')
      .describe(
        'What happens when nobody can take a visitor: sorry (a kind page), anyone (one of them all the same), local (files of siteFolder), or a URL.',
      ),
    siteFolder: fileName(zod)
      .prefault('site')
      .describe('The folder of files that the primary itself serves.'),
    geo: byKind(zod, 'false or a file name', { false: zod.literal(false), string: fileName(zod) })
      .prefault(false)
      .describe(
        'A file that tells where networks are, such as GeoLite2-City.mmdb (MaxMind DB format): where the policy nearest knows no measurement yet, it goes by distance. Read again when it is replaced; false: none.',
      ),
    accessLog: byKind(zod, 'false, a file name, or "-" for standard output', {
      false: zod.literal(false),
      string: fileName(zod),
    })
      .prefault(false)
      .describe('The access log, in combined format: a file, "-" for standard output, false for none.'),
    statusPage: zod
      .boolean()
      .prefault(false)
      .describe(
        'Shows everybody how the secondaries stand: /.usher/status, and a badge at /.usher/badge.svg; their ids, no address and no reason.',
      ),
    hitCounter: zod
      .boolean()
      .prefault(false)
      .describe('Shows everybody how many visitors were sent on since the start: /.usher/hits.svg.'),
    wayIn: byKind(zod, 'false or a span such as "12h"', {
      false: zod.literal(false),
      string: duration(zod, { least: 60 * SECOND, most: 30 * DAY }),
    })
      .prefault(false)
      .describe(
        'While the primary is down, the browsers of returning visitors go by whom it told them of last, for so long; needs https, jsonAnswers, and the lifeline on the secondaries with data-way-in. false: never.',
      ),
    notify: notifySchema(zod)
      .prefault([])
      .describe('Who is told of events: webhooks and programs, one entry each.'),
    entrances: zod
      .record(entrancePath(zod), entrance)
      .prefault({ ...DEFAULT_ENTRANCES })
      .describe(
        'Paths of the primary with their own policy, checks and delivery; local: a file of siteFolder.',
      ),
    secondaries: byKind(zod, 'a list [ { "port": 8086 } ], or the name of a file that holds one', {
      array: zod
        .array(secondary)
        .min(1)
        .meta({ title: 'a list of at least one, such as [ { "port": 8086 } ]' }),
      string: fileName(zod),
    }).describe('The web servers that visitors are sent to: a list, or the name of a file that holds one.'),
  });
  return { config, secondary };
};

/** A config that fits its schema. */
export type Config = z.output<ReturnType<typeof configSchema>['config']>;
