import type { Scheme } from '../model/secondary.ts';
import { bracketed } from '../model/ip-literal.ts';
import { originOf } from '../model/origin.ts';
import { isEveryAddress } from './host-name.ts';

/** The URL of a door as one opens it on this machine; a door on every address is on its loopback too. */
export const doorUrl = (
  scheme: Scheme,
  { host, port }: { readonly host?: string | undefined; readonly port: number },
): string => `${originOf(scheme, bracketed(nearby(host)), port)}/`;

const nearby = (host: string | undefined): string => {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === undefined || isEveryAddress(host) ? 'localhost' : host;
};
