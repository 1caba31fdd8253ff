import { pathOf } from '../model/path-of.ts';
import type { RelaySettings, SecondarySettings } from './settings.ts';

/** What of the settings says what is not carried. */
interface Carried {
  readonly secondaries: readonly Pick<SecondarySettings, 'load'>[];
  readonly relay?: Pick<RelaySettings, 'refuse'>;
}

/**
 * Paths that nobody gets by the relay: those at which secondaries tell Usher how busy they are, and those that the config
 * refuses. Many are shown to local addresses only, and whatever is carried comes from one.
 *
 * @returns tells whether a target leads to one of them, in whatever way a web server may read it
 */
export const privatePaths = ({ secondaries, relay }: Carried): ((target: string) => boolean) => {
  const refused = relay?.refuse ?? [];
  const exact = refused.filter((path) => !path.endsWith('*'));
  const paths = new Set([...secondaries.flatMap(({ load }) => pathsIn(load)), ...exact.map(plainly)]);
  const beginnings = refused.filter((path) => path.endsWith('*')).map(beginningOf);
  const all = [...paths].map((path) => [path, `${path}/`] as const);
  return (target) => {
    const path = plainly(target);
    return (
      all.some(([itself, below]) => path === itself || path.startsWith(below)) ||
      beginnings.some((beginning) => `${path}/`.startsWith(beginning))
    );
  };
};

/** One on a port of its own is not where visits are carried to; a whole site cannot be private. */
const pathsIn = (load: SecondarySettings['load']): readonly string[] => {
  const { path, port } = (load?.options ?? {}) as { readonly path?: unknown; readonly port?: unknown };
  const plain = typeof path === 'string' && port === undefined ? plainly(path) : '';
  return plain === '' ? [] : [plain];
};

const beginningOf = (pattern: string): string => {
  const path = pattern.slice(0, -1);
  return path.endsWith('/') ? `${plainly(path)}/` : plainly(path);
};

/** Some servers decode what they decoded; nobody does so more often. */
const MOST_DECODINGS = 3;
const ESCAPE = /%([0-9a-f]{2})/gi;

/**
 * A path without what servers overlook: escapes, dots, doubled slashes, parameters, case, a slash at its end, and what
 * some file systems drop at the end of a name. Rather too much than too little: what is taken for private is sent on.
 */
const plainly = (target: string): string => {
  let decoded = pathOf(target);
  for (let times = 0; times < MOST_DECODINGS && decoded.includes('%'); times += 1) {
    decoded = decoded.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  const parts: string[] = [];
  for (const part of decoded.toLowerCase().split(/[/\\]/)) {
    const [cut = ''] = part.split(/[;?#\0]/, 1);
    if (cut === '..') parts.pop();
    else if (cut !== '' && cut !== '.') parts.push(withoutEnd(cut));
  }
  return parts.map((part) => `/${part}`).join('');
};

/** A name without dots, blanks and controls at its end; one of nothing else stays. */
const withoutEnd = (name: string): string => {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || (name[end - 1] ?? '') <= ' ')) end -= 1;
  return end === 0 ? name : name.slice(0, end);
};
