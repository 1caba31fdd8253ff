import type { SecondarySettings } from '../config/settings.ts';
import { pathOf } from '../model/path-of.ts';

/**
 * The paths at which secondaries tell Usher how busy they are. Many show them to local addresses only, and whatever is
 * carried comes from one: nobody gets them by the relay.
 *
 * @returns tells whether a target leads to one of them, in whatever way a web server may read it
 */
export const privatePaths = (
  secondaries: readonly Pick<SecondarySettings, 'load'>[],
): ((target: string) => boolean) => {
  const paths = new Set(secondaries.flatMap(({ load }) => pathsIn(load)));
  if (paths.size === 0) return () => false;
  const all = [...paths];
  return (target) => {
    const path = plainly(target);
    return all.some((each) => path === each || path.startsWith(`${each}/`));
  };
};

/** One on a port of its own is not where visits are carried to; a whole site cannot be private. */
const pathsIn = (load: SecondarySettings['load']): readonly string[] => {
  const { path, port } = (load?.options ?? {}) as { readonly path?: unknown; readonly port?: unknown };
  if (typeof path !== 'string' || port !== undefined) return [];
  const plain = plainly(path);
  return plain === '' ? [] : [plain];
};

/** A path without what servers overlook: escapes, dots, doubled slashes, parameters, case, a slash at its end. */
const plainly = (target: string): string => {
  const decoded = pathOf(target).replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const parts: string[] = [];
  for (const part of decoded.toLowerCase().split(/[/\\]/)) {
    const [name = ''] = part.split(';', 1);
    if (name === '..') parts.pop();
    else if (name !== '' && name !== '.') parts.push(name);
  }
  return parts.map((part) => `/${part}`).join('');
};
