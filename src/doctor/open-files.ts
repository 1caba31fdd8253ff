import type { Facts } from './facts.ts';
import type { Examined } from './finding.ts';

/** Room for a thousand connections, and for what Usher has open itself. */
const ENOUGH = 1100;

/** Whether the system lets a program of this user keep enough files open: every visitor's connection is one. */
export const openFiles = ({ mostFiles }: Pick<Facts, 'mostFiles'>): Examined => {
  if (mostFiles === undefined) return { findings: [] };
  if (mostFiles >= ENOUGH)
    return { findings: [], fine: `open files: a program of this user may have ${mostFiles}` };
  const what = `A program of this user may have no more than ${mostFiles} files open at once, and every connection is one: an Usher that is started from here turns visitors away unheard when fewer than that are there.`;
  const remedy =
    'Raise the hard limit: LimitNOFILE=65536 in the service, or nofile in /etc/security/limits.conf for this user.';
  return { findings: [{ hurts: 'soon', about: 'open files', what, remedy }] };
};
