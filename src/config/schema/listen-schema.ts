import type { z } from 'zod';
import { unbracketed } from '../../model/ip-literal.ts';
import type { Zod } from '../../unit.ts';
import { byKind } from './by-kind.ts';
import { readEndpoint, type Endpoint } from '../endpoint.ts';
import { flaw } from '../explain.ts';
import { readHostName } from '../host-name.ts';
import { fileName } from './leaves.ts';
import { read, refuse, type Read } from '../read.ts';
import type { Listen } from '../settings.ts';
import { textLeaf } from './text-leaf.ts';

/** Where to listen: the port is known. */
interface Door {
  /** IPv6 addresses without brackets; absent: every address */
  readonly host?: string;
  readonly port: number;
}

const FITS = 'a port such as 80, or "127.0.0.1:8080", or a list of { "port": 443, "cert": "…", "key": "…" }';

/** The schema of `listen`: a port, `host:port`, an object, or a list of these. File names are as given. */
export const listenSchema = (zod: Zod): z.ZodType<readonly Listen[]> => {
  const one = { number: portOnly(zod), string: door(zod), object: listenObject(zod) };
  const list = zod.array(byKind(zod, FITS, one)).min(1);
  return byKind(zod, FITS, { ...one, array: list }).transform((listen): readonly Listen[] =>
    Array.isArray(listen) ? listen : [listen as Listen],
  );
};

/** Where the admin door is unless the config says otherwise. */
export const DEFAULT_ADMIN = '127.0.0.1:8079';

/** The schema of `admin.listen`: a port of the loopback address, or `host:port`. */
export const adminListenSchema = (zod: Zod): z.ZodType<{ host: string; port: number }> =>
  byKind(zod, '"127.0.0.1:8079" or a port such as 8079', {
    number: portOnly(zod),
    string: door(zod),
  }).transform(({ host, port }) => ({ host: host ?? '127.0.0.1', port }));

const port = (zod: Zod) => zod.int().min(0).max(65535);

const portOnly = (zod: Zod) => port(zod).transform((number): Door => ({ port: number }));

const door = (zod: Zod) =>
  textLeaf(zod, { title: 'host:port', examples: ['127.0.0.1:8080'] }, (text): Read<Door> => {
    const fits = 'host:port such as "127.0.0.1:8080", "[::]:80"';
    if (/^\d{1,5}$/.test(text)) return refuse('is a text', `${text} without quotes`);
    const isEvery = /^\*?:\d/.test(text);
    const endpoint: Read<Endpoint> = readEndpoint(isEvery ? text.replace(/^\*?:/, 'localhost:') : text);
    if (!endpoint.ok) return refuse(endpoint.what, fits);
    if (endpoint.value.port === undefined) return refuse('lacks a port', JSON.stringify(`${text}:80`));
    const { host, port: number } = endpoint.value;
    return read(isEvery ? { port: number } : { host: unbracketed(host), port: number });
  });

const listenObject = (zod: Zod) =>
  zod
    .strictObject({
      host: textLeaf(zod, { title: 'an address', examples: ['127.0.0.1', '::'] }, (text) => {
        const host = readHostName(text);
        return host.ok ? read(unbracketed(host.value)) : host;
      })
        .optional()
        .describe('The address to listen on. Absent: every address of the machine, IPv4 and IPv6.'),
      port: port(zod).describe('The port to listen on; 0 takes a free one.'),
      cert: fileName(zod)
        .optional()
        .describe('The certificate with its chain, a PEM file: this door speaks TLS.'),
      key: fileName(zod).optional().describe('The private key of the certificate, a PEM file.'),
    })
    .transform(({ host, port: number, cert, key }, ctx): Listen => {
      if ((cert === undefined) !== (key === undefined)) {
        const [there, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
        ctx.addIssue({
          ...flaw(`stands without its "${missing}"`, `"${missing}": "…" beside it`),
          path: [there],
        });
      }
      return {
        ...(host === undefined ? {} : { host }),
        port: number,
        ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
      };
    });
