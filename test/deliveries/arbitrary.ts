import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { parseHost } from '../../src/dispatch/visit/host.ts';
import { parseTarget } from '../../src/dispatch/visit/target.ts';
import type { Address, Origin } from '../../src/model/secondary.ts';
import type { Host, Target } from '../../src/model/visit.ts';

/** Pieces that have led redirectors astray, among any visible ASCII. */
const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '\\',
    '@',
    ':',
    '?',
    '%2f',
    '%5c',
    '..',
    '.',
    'evil.example',
    ':80',
    '"',
    "'",
    '<',
  ),
  fc.constantFrom(
    '</script>',
    '<script>alert(1)</script>',
    '"onload="alert(1)',
    '&quot;',
    '&#34;',
    'javascript:',
  ),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
);

/** Every target that the door lets in. */
export const anyTarget: fc.Arbitrary<Target> = fc
  .array(piece, { maxLength: 8 })
  .map((pieces) => parseTarget(`/${pieces.join('').replaceAll('#', '')}`))
  .filter((target) => target !== undefined);

/** Every host that the door lets in. */
export const anyHost: fc.Arbitrary<Host> = fc
  .oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.constantFrom('localhost', '_a.b-c', '[::1]'),
  )
  .map((raw) => parseHost(raw, isIPv6))
  .filter((host) => host !== undefined);

const scheme = fc.constantFrom('http' as const, 'https' as const);
const port = fc.oneof(fc.constantFrom(80, 443, 8086), fc.integer({ min: 1, max: 65535 }));

/** Addresses as a config may list them. */
export const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  fc.record({ kind: fc.constant('same-host' as const), scheme, port }),
  fc.tuple(scheme, anyHost, port).map(([itsScheme, host, itsPort]): Address => ({
    kind: 'own',
    origin: new URL(`${itsScheme}://${host}:${itsPort}`).origin as Origin,
  })),
);
