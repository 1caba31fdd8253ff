import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Folders of a server's programs, which are not in everybody's PATH. */
const SERVERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Whether a command can be run here. */
export const isPresent = (command: string): boolean =>
  [...(process.env['PATH'] ?? '').split(':'), ...SERVERS].some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Those that can be run, and the names of those that cannot. */
export const parted = <Named extends { readonly name: string; readonly program?: string }>(
  all: readonly Named[],
): { readonly here: readonly Named[]; readonly missing: readonly string[] } => {
  const isHere = ({ program }: Named): boolean => program === undefined || isPresent(program);
  return { here: all.filter(isHere), missing: all.filter((one) => !isHere(one)).map(({ name }) => name) };
};
