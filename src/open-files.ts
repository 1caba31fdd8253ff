/**
 * How many files this process may have open at once, connections among them; `undefined`: nobody can tell. Node has raised
 * it as far as it may by itself (the hard limit).
 */
export const mostOpenFiles = (): number | undefined => {
  try {
    const limits = process.getBuiltinModule('node:fs').readFileSync('/proc/self/limits', 'latin1');
    const [, most] = /^Max open files +(\d+)/m.exec(limits) ?? [];
    return most === undefined ? undefined : Number(most);
  } catch {
    // no Linux
    return undefined;
  }
};

const OPEN = '/proc/self/fd';

/** How many files this process has open, connections among them; `undefined`: nobody can tell. */
export const openFiles = (): number | undefined => {
  const fs = process.getBuiltinModule('node:fs');
  try {
    // The folder's size is their number since Linux 6.2, and 0 before.
    return fs.statSync(OPEN).size || fs.readdirSync(OPEN).length;
  } catch {
    return undefined;
  }
};
