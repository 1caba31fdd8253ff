import { isLoopback } from '../config/host-name.ts';
import { privatePaths } from '../config/private-paths.ts';
import { placeOf } from '../wire/place.ts';
import type { Facts, Look, Seen } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Where a web server may tell its state, by its manual or by habit. */
export const STATUS_PATHS: readonly string[] = [
  ...['/server-status', '/server-info', '/nginx_status', '/nginx-status', '/stub_status', '/basic_status'],
  ...['/status', '/fpm-status', '/haproxy?stats'],
];

/** An address that is nobody's (RFC 5737). */
const STRANGER = '203.0.113.9';

/** What the relay says beside the visitor's own headers when it carries one from far away. */
export const asCarried = (host: string): Readonly<Record<string, string>> => ({
  'x-forwarded-for': STRANGER,
  'x-forwarded-proto': 'http',
  'x-forwarded-host': host,
  via: '1.1 usher',
});

/** By which words such a page is one: Apache's two, nginx's, PHP-FPM's, lighttpd's and HAProxy's. */
const STATUS_PAGE =
  /<h1[^<>]{0,99}>Apache Server (?:Status|Information)|^Active connections: \d|^pool: {1,30}\S{1,99}\nprocess manager:|<h1>Server-Status|Statistics Report for HAProxy/m;

/** Whether a secondary takes whoever is carried for somebody who is at the machine himself. */
export const localPages = ({ looks, settings }: Facts): Examined => {
  const isPrivate = privatePaths(settings);
  const seen = looks.filter(({ local }) => local.length > 0);
  return {
    findings: seen.flatMap((look) => shownBy(look, isPrivate)),
    ...(seen.length > 0 ? { fine: 'relay: no secondary shows its state to whoever is carried' } : {}),
  };
};

const shownBy = (look: Look, isPrivate: (target: string) => boolean): readonly Finding[] => {
  const { id, at } = look.secondary;
  const shown = look.local.filter(isStatus);
  const open = shown.filter(({ path }) => !isPrivate(path));
  const [first] = open.length > 0 ? open : shown;
  if (first === undefined) return [];
  const paths = listOf((open.length > 0 ? open : shown).map(({ path }) => path));
  const isHere = isLoopback(placeOf(at).host);
  const from = isHere ? 'a local address' : 'the address of the primary';
  const what =
    open.length > 0
      ? `${id} shows ${paths}, with the addresses of visitors perhaps and what they read, to everybody who is carried: the relay asks from ${from}.`
      : `${id} shows ${paths} when the relay asks, from ${from}. The relay carries ${shown.length === 1 ? 'that path' : 'those paths'} to nobody; but an alias, and whatever else ${id} shows to that address only, it does.`;
  const unlessListed =
    open.length > 0
      ? ' Or list it in "relay": { "refuse": […] }, beside the paths that are there by default.'
      : '';
  return [
    {
      hurts: open.length > 0 ? 'some' : 'nobody',
      about: 'relay',
      what,
      remedy: remedyFor(first, isHere ? '127.0.0.1' : 'the address of the primary') + unlessListed,
    },
  ];
};

const isStatus = ({ answer }: Seen): boolean =>
  answer.ok && answer.status === 200 && STATUS_PAGE.test(answer.body);

/** The visitor's address is told, the secondary has to go by it. */
const remedyFor = ({ answer }: Seen, primary: string): string => {
  const server = answer.ok ? (answer.headers['server'] ?? '') : '';
  const apache = `a2enmod remoteip, and: RemoteIPHeader X-Forwarded-For, RemoteIPInternalProxy ${primary}`;
  const nginx = `set_real_ip_from ${primary}; real_ip_header X-Forwarded-For;`;
  const goBy = 'Let it go by the visitor’s address, which the relay tells in X-Forwarded-For';
  if (/apache/i.test(server)) return `${goBy}: ${apache}.`;
  if (/nginx/i.test(server)) return `${goBy}: ${nginx}`;
  return `${goBy} (Apache: ${apache}; nginx: ${nginx}).`;
};
