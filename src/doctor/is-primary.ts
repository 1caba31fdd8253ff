import { originOf } from '../model/origin.ts';
import type { Facts } from './facts.ts';

/** Whether an address is one of the primary's own. */
export const isPrimary = (to: URL, { settings, host }: Pick<Facts, 'settings' | 'host'>): boolean => {
  if (to.hostname !== host && settings.names?.includes(to.hostname) !== true) return false;
  return settings.listen.some(
    ({ port, tls }) => originOf(tls === undefined ? 'http' : 'https', to.hostname, port) === to.origin,
  );
};
