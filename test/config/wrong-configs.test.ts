import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { printMistake } from '../../src/config/mistake.ts';
import { parseSources } from '../../src/config/parse.ts';
import { means, parseText } from './parse-text.ts';
import { units } from './units.ts';

/** Marks in a config where a mistake is told; taken out before it is read. */
const HERE = '▸';

/** A config whose list is in order, with something wrong beside it. */
const beside = (text: string): string => `{\n  ${text},\n  "secondaries": [{ "port": 8086 }]\n}`;

/** A config with something wrong in its list. */
const listed = (...entries: readonly string[]): string =>
  `{\n  "secondaries": [\n    ${entries.join(',\n    ')}\n  ]\n}`;

/** Name, the config with its places marked, and what is told at each of them. */
const WRONG: readonly (readonly [string, string, ...string[]])[] = [
  // not JSON
  ['an empty file', `${HERE} \n`, 'the file is empty, fits { "secondaries": [ { "port": 8086 } ] }'],
  [
    'a comment',
    beside(`${HERE}// doors\n  "listen": 81`),
    'comments have no place in JSON, given //, fits a line without it',
  ],
  [
    'a block comment',
    beside(`${HERE}/* doors */ "listen": 81`),
    'comments have no place in JSON, given /*, fits a line without it',
  ],
  [
    'a trailing comma in an object',
    listed(`{ "port": 8086${HERE}, }`),
    'a comma too many before the end, given ",", fits none after the last one',
  ],
  [
    'a trailing comma in a list',
    `{ "secondaries": [{ "port": 8086 }${HERE}, ] }`,
    'a comma too many before the end, given ",", fits none after the last one',
  ],
  [
    'a missing comma',
    `{ "listen": 81 ${HERE}"secondaries": [{ "port": 8086 }] }`,
    'a comma is missing before this, given "secondaries", fits , "secondaries"',
  ],
  [
    'two missing commas',
    `{ "listen": 81 ${HERE}"debug": true ${HERE}"secondaries": [{ "port": 8086 }] }`,
    'a comma is missing before this, given "debug", fits , "debug"',
    'a comma is missing before this, given "secondaries", fits , "secondaries"',
  ],
  ['a missing colon', `{ "listen" ${HERE}81 }`, 'a colon is missing after the key, given 81, fits : 81'],
  [
    'a missing value',
    `{ "listen": ${HERE}, "debug": true }`,
    'a value is missing, given ,, fits a text in double quotes, a number, true, false, [ … ] or { … }',
  ],
  [
    'a key without quotes',
    `{ ${HERE}listen: 81 }`,
    'keys stand in double quotes, given listen, fits "listen"',
  ],
  [
    'a text without quotes',
    `{ "policy": ${HERE}random }`,
    'texts stand in double quotes, given random, fits "random"',
  ],
  [
    'single quotes',
    `{ "policy": ${HERE}'random' }`,
    `texts stand in double quotes, given 'random', fits "random"`,
  ],
  ['a capital True', `{ "debug": ${HERE}True }`, 'written in lower case in JSON, given True, fits true'],
  [
    'a leading plus',
    `{ "listen": ${HERE}+80 }`,
    'a number that JSON does not know, given +80, fits digits such as 8086 or 0.5',
  ],
  [
    'a text without its end',
    `{ "policy": ${HERE}"random }`,
    'a text has no closing quote, given "random }, fits "…" in one line',
  ],
  [
    'a control character',
    `{ "policy": ${HERE}"ran\tdom" }`,
    'a control character in a text, given "ran\\u0009dom", fits an escape such as \\t or \\n',
  ],
  [
    'an unknown escape',
    `{ "policy": ${HERE}"ran\\dom" }`,
    'an escape that JSON does not know, given "ran\\dom", fits \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000',
  ],
  [
    'a brace that is not closed',
    `{\n  "secondaries": [\n    { "port": 8086\n  ${HERE}]\n}`,
    'the "{" of line 3 is not closed, given ], fits "}"',
  ],
  [
    'an end that is missing',
    `{\n  "secondaries": [{ "port": 8086 }]${HERE}\n`,
    'the "{" of line 1 is not closed, given the end of the file, fits "}"',
  ],
  [
    'a brace too many',
    `{ "secondaries": [{ "port": 8086 }] }${HERE}}`,
    'there is more after the end, given }, fits one value and nothing behind it',
  ],
  [
    'nesting without end',
    `${'['.repeat(64)}${HERE}${'['.repeat(100_000)}`,
    'the file is nested too deep, given [, fits at most 64 levels',
  ],
  [
    'a byte order mark',
    `${HERE}\uFEFF{ "secondaries": [{ "port": 8086 }] }`,
    'the file begins with a byte order mark, given "\\ufeff", fits UTF-8 without it',
  ],
  [
    'a key that comes twice',
    beside(`"listen": 81,\n  ${HERE}"listen": 82`),
    '"listen" is there twice, first in line 2, given "listen", fits each key once',
  ],
  [
    'a key that reaches a prototype',
    beside(`${HERE}"__proto__": { "debug": true }`),
    'a key that no config has, given "__proto__", fits a line without it',
  ],
  [
    'keys that reach a prototype, beside other mistakes',
    `{ ${HERE}"__proto__": 1, ${HERE}"policyy": 3, "secondaries": [{ "port": 8086, ${HERE}"__proto__": {}, ${HERE}"wight": 2 }] }`,
    'a key that no config has, given "__proto__", fits a line without it',
    'unknown key, given "policyy", fits "policy"',
    'a key that no config has, given "__proto__", fits a line without it',
    'unknown key, given "wight", fits "weight"',
  ],
  [
    'a constructor as a key',
    beside(`"admin": { ${HERE}"constructor": 1 }`),
    'unknown key, given "constructor", fits one of "listen", "password", "tokens"',
  ],
  [
    'a list instead of a config',
    `${HERE}[{ "port": 8086 }]`,
    'the config has the wrong type, given [{"port":8086}], fits an object { … }',
  ],
  [
    'nothing instead of a config',
    `${HERE}null`,
    'the config has the wrong type, given null, fits an object { … }',
  ],

  // keys
  [
    'no list',
    `${HERE}{}`,
    '"secondaries" is missing, fits a list [ { "port": 8086 } ], or the name of a file that holds one',
  ],
  ['a misspelt key', beside(`${HERE}"lsten": 80`), 'unknown key, given "lsten", fits "listen"'],
  [
    'a key in another case',
    beside(`${HERE}"trust-proxies": []`),
    'unknown key, given "trust-proxies", fits "trustProxies"',
  ],
  [
    'another program’s word for a key',
    `{ ${HERE}"backends": [{ "port": 8086 }], "secondaries": [{ "port": 8086 }] }`,
    'unknown key, given "backends", fits "secondaries"',
  ],
  [
    'two unknown keys',
    beside(`"checks": { ${HERE}"evry": "2s", ${HERE}"timout": "2s" }`),
    'unknown key, given "evry", fits "every"',
    'unknown key, given "timout", fits "timeout"',
  ],

  // doors
  [
    'a port as a text',
    beside(`"listen": ${HERE}"80"`),
    '"listen" is a text, given "80", fits 80 without quotes',
  ],
  [
    'a port beyond all ports',
    beside(`"listen": ${HERE}65536`),
    '"listen" is too large, given 65536, fits a whole number from 0 to 65535',
  ],
  [
    'a host without a port',
    beside(`"listen": ["127.0.0.1:81", ${HERE}"127.0.0.1"]`),
    'listen[1] lacks a port, given "127.0.0.1", fits "127.0.0.1:80"',
  ],
  ['an empty list of doors', beside(`"listen": ${HERE}[]`), '"listen" is empty, given [], fits a list [ … ]'],
  [
    'a door without its port',
    beside(`"listen": ${HERE}{ "host": "::" }`),
    '"port" is missing, fits a whole number from 0 to 65535',
  ],
  [
    'a certificate without its key',
    beside(`"listen": [{ "port": 443, "cert": ${HERE}"a.pem" }]`),
    '"cert" stands without its "key", given "a.pem", fits "key": "…" beside it',
  ],
  [
    'a door that is there twice',
    beside(`"listen": [81, ${HERE}81]`),
    'listen[1] is a door that is there already, given 81, fits each door once',
  ],
  [
    'an open admin door without a password',
    beside(`"admin": { "listen": ${HERE}"0.0.0.0:8079" }`),
    '"listen" is open to others and has no password, given "0.0.0.0:8079", fits "password" beside it',
  ],
  [
    'a password in the clear',
    beside(`"admin": { "password": ${HERE}"secret" }`),
    '"password" does not fit, given "…", fits a hash made by "usher password" such as "scrypt$…"',
  ],
  [
    'the admin door on the public port',
    beside(`"listen": 8079, "admin": { "listen": ${HERE}"127.0.0.1:8079" }`),
    '"listen" is the port of the public door, given "127.0.0.1:8079", fits another port',
  ],
  [
    'no admin door',
    beside(`"admin": ${HERE}false`),
    '"admin" has the wrong type, given false, fits an object { … }',
  ],
  [
    'no thread',
    beside(`"threads": ${HERE}0`),
    '"threads" is too small, given 0, fits "auto" or a whole number from 1 to 64',
  ],
  [
    'half a thread',
    beside(`"threads": ${HERE}1.5`),
    '"threads" has the wrong type, given 1.5, fits "auto" or a whole number from 1 to 64',
  ],
  [
    'a name with its port',
    beside(`"names": [${HERE}"www.example.org:80"]`),
    'names[0] is not a host, given "www.example.org:80", fits "www.example.org"',
  ],
  [
    'a URL as a name',
    beside(`"names": [${HERE}"https://www.example.org/"]`),
    'names[0] is not a host, given "https://www.example.org/", fits "www.example.org"',
  ],
  [
    'a name that ends in a dot',
    beside(`"names": [${HERE}"www.example.org."]`),
    'names[0] ends in a dot, given "www.example.org.", fits "www.example.org"',
  ],
  [
    'a range with too many bits',
    beside(`"trustProxies": [${HERE}"10.0.0.0/33"]`),
    'trustProxies[0] has too many bits, given "10.0.0.0/33", fits "10.0.0.0/32"',
  ],
  [
    'a range in short',
    beside(`"trustProxies": [${HERE}"10/8"]`),
    'trustProxies[0] is not an address range, given "10/8", fits an address range such as "10.0.0.0/8", "2001:db8::/32"',
  ],

  // units
  [
    'a policy that is not there',
    beside(`"policy": ${HERE}"radnom"`),
    '"policy" is not a policy, given "radnom", fits "random" (of "random", "round-robin", "first", "least-connections", "two-choices", "balance", "hash", "nearest")',
  ],
  [
    'another program’s policy',
    beside(`"policy": ${HERE}"leastconn"`),
    '"policy" is not a policy, given "leastconn", fits "least-connections" (of "random", "round-robin", "first", "least-connections", "two-choices", "balance", "hash", "nearest")',
  ],
  [
    'a policy called like a method',
    beside(`"policy": ${HERE}"toString"`),
    '"policy" is not a policy, given "toString", fits one of "random", "round-robin", "first", "least-connections", "two-choices", "balance", "hash", "nearest"',
  ],
  [
    'an option that is none of its choices',
    beside(`"policy": { "hash": ${HERE}"cooky" }`),
    '"hash" is none of the choices, given "cooky", fits "cookie" (of "subnet", "cookie", "path")',
  ],
  [
    'an option that the unit does not have',
    beside(`"policy": { "hash": "cookie", ${HERE}"seed": 1 }`),
    'unknown key, given "seed", fits one of "hash", "cookie"',
  ],
  [
    'a check that is not there',
    beside(`"checks": { "ping": { ${HERE}"htp": "/" } }`),
    '"htp" is not a check, given "htp", fits "http" (of "http", "tcp", "exec")',
  ],
  [
    'two checks in one',
    beside(`"checks": { "ping": ${HERE}{ "http": "/", "tcp": true } }`),
    '"ping" names more than one, given {"http":"/","tcp":true}, fits one of "http", "tcp"',
  ],
  [
    'an empty check',
    beside(`"checks": { "ping": ${HERE}{} }`),
    '"ping" is not a check, given {}, fits one of "http", "tcp", "exec"',
  ],
  [
    'a check without its options',
    beside(`"checks": { "ping": ${HERE}"exec" }`),
    '"ping" lacks its options, given "exec", fits { "exec": … }',
  ],
  [
    'the words of a unit’s author',
    beside(`"checks": { "ping": { "http": ${HERE}"alive" } }`),
    '"http" does not fit: a path begins with /, given "alive"',
  ],
  [
    'none of several kinds',
    beside(`"checks": { "ping": { "http": "/", "status": ${HERE}"200" } }`),
    '"status" is none of what is possible here, given "200", fits a whole number from 100 to 599 or a list [ … ]',
  ],
  [
    'one of several kinds, badly',
    beside(`"checks": { "ping": { "http": "/", "status": [200, ${HERE}"404"] } }`),
    'status[1] has the wrong type, given "404", fits 404 without quotes',
  ],
  [
    'a fault found only in the making',
    beside(`"checks": { "load": ${HERE}{ "json": "load" } }`),
    '"load" cannot be used: A pointer begins with /. Write "/load", given {"json":"load"}',
  ],
  [
    'a unit without options as an object',
    beside(`"delivery": { "redirect": ${HERE}302 }`),
    '"redirect" has the wrong type, given 302, fits true',
  ],

  // spans, choices, files
  [
    'a duration as a number',
    beside(`"checks": { "every": ${HERE}2 }`),
    '"every" is not a duration, given 2, fits "2s"',
  ],
  [
    'a duration without its unit',
    beside(`"checks": { "every": ${HERE}"40" }`),
    '"every" is not a duration, given "40", fits "40s"',
  ],
  [
    'milliseconds as a number',
    beside(`"checks": { "timeout": ${HERE}1500 }`),
    '"timeout" is not a duration, given 1500, fits "1500ms"',
  ],
  [
    'a duration in words',
    beside(`"checks": { "every": ${HERE}"2 minutes" }`),
    '"every" is not a duration, given "2 minutes", fits "2m"',
  ],
  [
    'a duration that is too long',
    beside(`"checks": { "timeout": ${HERE}"2h" }`),
    '"timeout" is too long, given "2h", fits "50ms" to "1m"',
  ],
  [
    'a duration that is too short',
    beside(`"checks": { "every": ${HERE}"0s" }`),
    '"every" is too short, given "0s", fits "100ms" to "1h"',
  ],
  [
    'a misspelt choice',
    beside(`"checks": { "from": ${HERE}"cachd" }`),
    '"from" is none of the choices, given "cachd", fits "cached" (of "none", "live", "cached")',
  ],
  [
    'a number as a text',
    beside(`"checks": { "rise": ${HERE}"2" }`),
    '"rise" has the wrong type, given "2", fits 2 without quotes',
  ],
  [
    'yes for true',
    beside(`"debug": ${HERE}"yes"`),
    '"debug" has the wrong type, given "yes", fits true without quotes',
  ],
  [
    'affinity without a cookie',
    beside(`"affinity": ${HERE}true`),
    '"affinity" has the wrong type, given true, fits false or { "cookie": "usher", "for": "1h" }',
  ],
  [
    'a cookie that is none',
    beside(`"affinity": { "cookie": ${HERE}"my cookie" }`),
    '"cookie" is not a cookie name, given "my cookie", fits letters, digits, - and _, at most 64',
  ],
  [
    'a cookie with a prefix',
    beside(`"affinity": { "cookie": ${HERE}"__Host-usher" }`),
    '"cookie" has a prefix that Usher sets by itself, given "__Host-usher", fits "usher"',
  ],
  [
    'a landing elsewhere',
    beside(`"landing": ${HERE}"start"`),
    '"landing" does not begin with "/", given "start", fits "/start"',
  ],
  [
    'a landing with a line end',
    beside(`"landing": ${HERE}"/a\\r\\nSet-Cookie: x"`),
    '"landing" is not a path, given "/a\\r\\nSet-Cookie: x", fits a path such as "/", "/start?from=usher"',
  ],
  [
    'a misspelt last resort',
    beside(`"whenAllDown": ${HERE}"sory"`),
    '"whenAllDown" is none of the choices, given "sory", fits "sorry" (of "sorry", "anyone", "local", "https://…")',
  ],
  [
    'a last resort by script',
    beside(`"whenAllDown": ${HERE}"javascript:alert(1)"`),
    '"whenAllDown" is not a URL, given "javascript:alert(1)", fits a URL such as "https://sorry.example.org/"',
  ],
  [
    'a last resort that leads back',
    beside(`"names": ["www.example.org"], "whenAllDown": ${HERE}"http://www.example.org/sorry"`),
    '"whenAllDown" leads back to the primary itself, given "http://www.example.org/sorry", fits "sorry" or the URL of another server',
  ],
  [
    'a folder without a name',
    beside(`"siteFolder": ${HERE}""`),
    '"siteFolder" is empty, given "", fits a file name',
  ],
  [
    'null for absent',
    beside(`"accessLog": ${HERE}null`),
    '"accessLog" has the wrong type, given null, fits false, a file name, or "-" for standard output',
  ],
  [
    'an entrance without its slash',
    beside(`"entrances": { ${HERE}"index.html": "local" }`),
    '"index.html" does not begin with "/", given "index.html", fits "/index.html"',
  ],
  [
    'an entrance of Usher’s own',
    beside(`"entrances": { ${HERE}"/.usher/x": "local" }`),
    '"/.usher/x" is a path of Usher’s own, given "/.usher/x", fits another path',
  ],
  [
    'an entrance that is misspelt',
    beside(`"entrances": { "/": ${HERE}"lokal" }`),
    '"/" is no way to serve, given "lokal", fits "local"',
  ],
  [
    'an entrance with a wrong policy',
    beside(`"entrances": { "/": { "policy": ${HERE}"best" } }`),
    '"policy" is not a policy, given "best", fits one of "random", "round-robin", "first", "least-connections", "two-choices", "balance", "hash", "nearest"',
  ],

  // the list
  [
    'an empty list',
    `{ "secondaries": ${HERE}[] }`,
    '"secondaries" is empty, given [], fits a list of at least one, such as [ { "port": 8086 } ]',
  ],
  [
    'a single secondary',
    `{ "secondaries": ${HERE}{ "port": 8086 } }`,
    '"secondaries" has the wrong type, given {"port":8086}, fits a list [ { "port": 8086 } ], or the name of a file that holds one',
  ],
  [
    'a bare port',
    listed(`${HERE}8086`),
    'secondaries[0] has the wrong type, given 8086, fits an object { … }',
  ],
  [
    'neither port nor URL',
    listed(`${HERE}{ "weight": 2 }`),
    'secondaries[0] has neither "port" nor "url", given {"weight":2}, fits { "port": 8086 } or { "url": "https://www2.example.org" }',
  ],
  ['a misspelt port', listed(`{ ${HERE}"prot": 8086 }`), 'unknown key, given "prot", fits "port"'],
  [
    'both port and URL',
    listed(`{ "url": "http://a.example", "port": ${HERE}8086 }`),
    '"port" stands beside a "url", given 8086, fits either "port" or "url"',
  ],
  [
    'a scheme beside a URL',
    listed(`{ "url": "http://a.example", "scheme": ${HERE}"https" }`),
    '"scheme" stands beside a "url", which has its own, given "https", fits a line without it',
  ],
  [
    'a port that browsers refuse',
    listed(`{ "port": ${HERE}6000 }`),
    '"port" is a port that browsers refuse to visit, given 6000, fits another port, e.g. 80, 443, 8086',
  ],
  [
    'a URL with a port that browsers refuse',
    listed(`{ "url": ${HERE}"http://a.example:6667" }`),
    '"url" has a port that browsers refuse to visit, given "http://a.example:6667", fits another port, e.g. 80, 443, 8086',
  ],
  [
    'a URL with a path',
    listed(`{ "url": ${HERE}"http://a.example/x" }`),
    '"url" holds more than scheme, host and port, given "http://a.example/x", fits "http://a.example"',
  ],
  [
    'a URL with a password',
    listed(`{ "url": ${HERE}"http://me:secret@a.example" }`),
    '"url" holds a name or password, given "http://…@a.example", fits a URL without them',
  ],
  [
    'a URL without a scheme',
    listed(`{ "url": ${HERE}"a.example:8086" }`),
    '"url" is not a URL, given "a.example:8086", fits "http://a.example:8086"',
  ],
  [
    'a URL of another kind',
    listed(`{ "url": ${HERE}"ftp://a.example" }`),
    '"url" is not a URL of the web, given "ftp://a.example", fits http:// or https://',
  ],
  [
    'a URL with a backslash',
    listed(`{ "url": ${HERE}"http://a.example\\\\@evil.example" }`),
    '"url" holds more than scheme, host and port, given "http://…@evil.example", fits "http://a.example"',
  ],
  [
    'an address in an odd form',
    listed(`{ "port": 8086, "at": ${HERE}"127.1" }`),
    '"at" is an odd way to write an address, given "127.1", fits "127.0.0.1"',
  ],
  [
    'an address that is none',
    listed(`{ "port": 8086, "at": ${HERE}"two words" }`),
    '"at" is not a host, given "two words", fits a name such as "www.example.org", an IPv4 address or an IPv6 address',
  ],
  [
    'an address with a wrong port',
    listed(`{ "port": 8086, "at": ${HERE}"10.0.0.1:99999" }`),
    '"at" has a port that is too large, given "10.0.0.1:99999", fits a port from 0 to 65535',
  ],
  [
    'an id with blanks',
    listed(`{ "port": 8086, "id": ${HERE}"Web 1" }`),
    '"id" is not an id, given "Web 1", fits "web-1"',
  ],
  [
    'an id that comes twice',
    listed('{ "port": 8086, "id": "web" }', `{ "port": 8087, "id": ${HERE}"web" }`),
    '"id" is "web", the id of secondaries[0] already, given "web", fits an id of its own',
  ],
  [
    'an id that another has by default',
    listed('{ "port": 8086 }', `{ "port": 8087, "id": ${HERE}"web8086" }`),
    '"id" is "web8086", the id of secondaries[0] already, given "web8086", fits an id of its own',
  ],
  [
    'a default id that comes twice',
    listed('{ "url": "http://a.example:8086" }', `${HERE}{ "url": "http://a.example:8087" }`),
    '"id" is "a.example", the id of secondaries[0] already, fits an id of its own',
  ],
  [
    'an address that comes twice',
    listed('{ "port": 8086 }', `{ "port": ${HERE}8086, "id": "b" }`),
    '"port" is where visitors find secondaries[0] already, given 8086, fits an address of its own',
  ],
  [
    'a URL that comes twice',
    listed('{ "url": "http://a.example:80" }', `{ "url": ${HERE}"http://A.example", "id": "b" }`),
    '"url" is where visitors find secondaries[0] already, given "http://A.example", fits an address of its own',
  ],
  [
    'a weight below nothing',
    listed(`{ "port": 8086, "weight": ${HERE}-1 }`),
    '"weight" is too small, given -1, fits a number from 0 to 1000',
  ],
  [
    'a weight that is next to nothing',
    listed(`{ "port": 8086, "weight": ${HERE}1e-320 }`),
    '"weight" is too small, given 1e-320, fits 0, or a number from 0.001 to 1000',
  ],
  [
    'a weight without end',
    listed(`{ "port": 8086, "weight": ${HERE}1e999 }`),
    '"weight" has the wrong type, given Infinity, fits a number from 0 to 1000',
  ],
  [
    'an end without its time zone',
    listed(`{ "port": 8086, "state": "drain", "until": ${HERE}"2027-01-31T06:00" }`),
    '"until" has no time zone, given "2027-01-31T06:00", fits "2027-01-31T06:00Z"',
  ],
  [
    'an end on a day that there is not',
    listed(`{ "port": 8086, "state": "drain", "until": ${HERE}"2027-02-30T06:00:00Z" }`),
    '"until" is not an instant, given "2027-02-30T06:00:00Z", fits an instant with its time zone, such as "2027-01-31T06:00:00Z"',
  ],
  [
    'an end of nothing',
    listed(`{ "port": 8086, "until": ${HERE}"2027-01-31T06:00:00Z" }`),
    '"until" ends no state: it is ready, given "2027-01-31T06:00:00Z", fits "state": "drain" or "maintenance" beside it',
  ],
  [
    'a state in other words',
    listed(`{ "port": 8086, "state": ${HERE}"down" }`),
    '"state" is none of the choices, given "down", fits "maintenance" (of "ready", "drain", "maintenance")',
  ],
  [
    'a misspelt role',
    listed(`{ "port": 8086, "role": ${HERE}"bakcup" }`),
    '"role" is none of the choices, given "bakcup", fits "backup" (of "active", "backup")',
  ],

  // the primary in its own list
  [
    'the primary’s own port',
    listed(`{ "port": ${HERE}80 }`),
    '"port" is the primary itself: it listens there, given 80, fits the port of another web server',
  ],
  [
    'the primary’s own name',
    `{ "listen": 8080, "names": ["www.example.org"], "secondaries": [{ "url": ${HERE}"http://WWW.example.org:8080" }] }`,
    '"url" is the primary itself: it listens there, given "http://WWW.example.org:8080", fits the port of another web server',
  ],
  [
    'the primary by its loopback',
    listed(`{ "url": ${HERE}"http://127.0.0.1" }`),
    '"url" is the primary itself: it listens there, given "http://127.0.0.1", fits the port of another web server',
  ],
  [
    'a secondary that is asked at the primary',
    listed(`{ "port": 8086, "at": ${HERE}"localhost:80" }`),
    '"at" is the primary itself: it listens there, given "localhost:80", fits the port of another web server',
  ],
  [
    'a secondary that is asked at the admin door',
    listed(`{ "port": 8086, "at": ${HERE}"[::1]:8079" }`),
    '"at" is the admin door of the primary, given "[::1]:8079", fits the port of another web server',
  ],
];

for (const [name, marked, ...told] of WRONG) {
  test(`${name} is told at its place, with what fits`, () => {
    const parts = marked.split(HERE);
    const text = parts.join('');
    const places = parts.slice(0, -1).map((_, at) => {
      const lines = parts
        .slice(0, at + 1)
        .join('')
        .split('\n');
      return `usher.json:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
    });
    const parsed = parseText(text);
    assert.ok(!parsed.ok);
    assert.deepEqual(
      parsed.mistakes.map(printMistake),
      told.map((words, at) => `${places[at] ?? 'no place'}: ${words}`),
    );
  });
}

test('every mistake is told at once, of text, values and what stands against each other', () => {
  const parsed = parseText(`{
  // two doors
  "listen": [80, 80],
  "polcy": "random",
  "checks": { "every": 2 },
  "secondaries": [
    { "port": 80 },
    { "port": 8086, "weight": -1 },
    { "port": 8087, "id": "a" },
    { "port": 8088, "id": "a" },
  ]
}`);
  assert.ok(!parsed.ok);
  assert.deepEqual(
    parsed.mistakes.map(({ line, column }) => `${line ?? 0}:${column ?? 0}`),
    ['2:3', '3:18', '4:3', '5:24', '7:15', '8:31', '10:27', '10:32'],
  );
});

test('a mistake in a list of its own is told at its place in that file', () => {
  const parsed = parseText('{ "secondaries": "list.json", "debug": 1 }', '[\n  { "port": 6000 }\n]');
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.mistakes.map(printMistake), [
    'usher.json:1:40: "debug" has the wrong type, given 1, fits true or false',
    'list.json:2:13: "port" is a port that browsers refuse to visit, given 6000, fits another port, e.g. 80, 443, 8086',
  ]);
});

test('a list of its own that is no list, or names a further file, is refused at its beginning', () => {
  for (const list of ['{ "port": 8086 }', '"more.json"', 'null', '7']) {
    const parsed = parseText('{ "secondaries": "list.json" }', list);
    assert.ok(!parsed.ok);
    assert.deepEqual(
      parsed.mistakes.map(({ file, line, column, what }) => ({ file, line, column, what })),
      [{ file: 'list.json', line: 1, column: 1, what: 'the file of the list holds something else' }],
    );
  }
});

test('a broken list of its own does not hide what is wrong in the config', () => {
  const parsed = parseText('{ "secondaries": "list.json", "debug": 1 }', '[ { "port": 8086 ');
  assert.ok(!parsed.ok);
  assert.deepEqual(
    parsed.mistakes.map(({ file, line, column }) => `${file ?? ''}:${line ?? 0}:${column ?? 0}`),
    ['usher.json:1:40', 'list.json:1:17'],
  );
});

test('a thousand mistakes are told as the first hundred and how many more there are', () => {
  const entries = Array.from({ length: 1000 }, (_, at) => `{ "port": ${10_000 + at * 10 + 7}, "wieght": 1 }`);
  const parsed = parseText(`{ "secondaries": [${entries.join(',\n')}] }`);
  assert.ok(!parsed.ok);
  assert.equal(parsed.mistakes.length, 101);
  assert.match(parsed.mistakes.at(-1)?.what ?? '', /900 more/);
});

test('a password is never repeated', () => {
  const parsed = parseText(
    '{ "admin": { "password": "hunter2", "lisen": 1 }, "names": { "password": "hunter2" }, "secondaries": [] }',
  );
  assert.ok(!parsed.ok);
  assert.doesNotMatch(JSON.stringify(parsed), /hunter2/);
});

test('what was given cannot write over the terminal', () => {
  const parsed = parseText('{ "policy": "\\u001b[2J\\u202e\u009b31m" }');
  assert.ok(!parsed.ok);
  for (const mistake of parsed.mistakes) assert.doesNotMatch(printMistake(mistake), /\p{C}/u);
});

test('a hundred thousand keys that nobody knows are told by the first hundred', () => {
  const count = 100_000;
  const keys = Array.from({ length: count }, (_, at) => `"k${at}": 1`).join(',\n');
  const told = parseText(`{ "secondaries": [{ "port": 8086 }],\n${keys} }`);
  assert.ok(!told.ok);
  assert.deepEqual(
    told.mistakes.map(({ line, path }) => `${line} ${path}`),
    Array.from({ length: 101 }, (_, at) => (at < 100 ? `${at + 2} k${at}` : `${at + 2} `)),
  );
  assert.equal(told.mistakes.at(-1)?.what, `here and below are ${count - 100} more mistakes`);
});

test('what fits is put into words once, however often something does not', () => {
  let described = 0;
  const toJSONSchema = (...given: Parameters<typeof z.toJSONSchema>) => {
    described += 1;
    return z.toJSONSchema(...given);
  };
  const counting = { ...means, zod: { ...z, toJSONSchema } as typeof z, registries: { ...units } };
  const wordsFor = (wrong: number): number => {
    described = 0;
    const text = `{ "secondaries": [${Array.from({ length: wrong }, () => '1').join(', ')}] }`;
    const { parsed } = parseSources({ file: 'usher.json', content: { ok: true, text } }, counting);
    assert.equal(!parsed.ok && parsed.mistakes.length, wrong);
    return described;
  };
  assert.ok(wordsFor(1) > 0);
  assert.equal(wordsFor(30), 0);
});
