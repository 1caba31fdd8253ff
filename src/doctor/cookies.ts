import { printable } from '../wire/printable.ts';
import { isSeen, type Facts, type Look } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';
import { readSetCookies } from './set-cookie.ts';

/** Whether the cookies of secondaries collide: a cookie knows no port, so all ports of a host share one jar. */
export const cookies = ({ looks, settings }: Facts): Examined => {
  const setters = new Map<
    string,
    { readonly name: string; readonly where: string; readonly ids: Set<string> }
  >();
  for (const look of looks) {
    if (look.isUsher) continue;
    for (const { name, path, domain } of cookiesOf(look)) {
      const host = domain ?? new URL(look.visited).hostname;
      const key = JSON.stringify([host, path, name]);
      const known = setters.get(key) ?? { name, where: `${host}${path}`, ids: new Set<string>() };
      known.ids.add(look.secondary.id);
      setters.set(key, known);
    }
  }
  const findings = [...setters.values()].flatMap(({ name, where, ids }): readonly Finding[] => {
    const who = listOf([...ids]);
    const { affinity } = settings;
    if (affinity !== false && [affinity.cookie, `__Host-${affinity.cookie}`].includes(name)) {
      return [
        {
          hurts: 'some',
          about: 'cookies',
          what: `${who} set${ids.size === 1 ? 's' : ''} a cookie ${printable(name)}, the name of the primary's own: it is overwritten, and visitors do not come back to their secondary.`,
          remedy: 'Give the primary\'s another name: "affinity": { "cookie": "…" }.',
        },
      ];
    }
    if (ids.size < 2) return [];
    return [
      {
        hurts: affinity === false ? 'some' : 'nobody',
        about: 'cookies',
        what: `${who} each set a cookie ${printable(name)} for ${printable(where)}: cookies know no ports, so each overwrites that of the others, and ${affinity === false ? 'a visitor who is sent to another loses his session' : 'a visitor who has to change, or has both open, loses his session'}.`,
        remedy: `Give it a name of its own on each (PHP: session.name), or let them share their sessions.${affinity === false ? ' Or turn "affinity" on.' : ''}`,
      },
    ];
  });
  return { findings, ...(looks.some(isSeen) ? { fine: 'cookies: none collides' } : {}) };
};

const cookiesOf = ({ pages }: Look): ReturnType<typeof readSetCookies> =>
  pages.flatMap(({ answer, path }) => {
    const joined = answer.ok ? answer.headers['set-cookie'] : undefined;
    return joined === undefined ? [] : readSetCookies(joined, path);
  });
