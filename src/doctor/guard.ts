import { isSeen, type Facts, type Look } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { isPrimary } from './is-primary.ts';
import { whereTo } from './where-to.ts';

/** What a guard of `ops/guard` puts behind the query of whom it sends through the primary. */
const MARK = 'usher-through=1';

/** The target by which whoever a guard sends on comes back to it, and is let in. */
export const marked = (target: string): string => `${target}${target.includes('?') ? '&' : '?'}${MARK}`;

/** Whether it is a guard that sends a visitor there. */
export const isThrough = (to: URL): boolean => to.search.endsWith(MARK);

/** Whether the guards of the secondaries see the cookie that tells them who was sent. */
export const guards = (facts: Facts): Examined => {
  const guarded = facts.looks.flatMap((look) => {
    const to = look.pages.map((page) => whereTo(page, look.visited)).find(isOnItsWay(facts));
    return to === undefined ? [] : [{ look, to }];
  });
  return {
    findings: guarded.flatMap(({ look, to }) => unseenBy(look, to, facts)),
    ...(guarded.length > 0 && facts.looks.some(isSeen)
      ? { fine: 'guard: the secondaries that have one see the cookie of the primary' }
      : {}),
  };
};

const isOnItsWay =
  (facts: Facts) =>
  (to: URL | undefined): boolean =>
    to !== undefined && isThrough(to) && isPrimary(to, facts);

const unseenBy = (look: Look, to: URL, { settings }: Facts): readonly Finding[] => {
  const { id } = look.secondary;
  const { protocol, hostname } = new URL(look.visited);
  const { redirectToHttps, affinity } = settings;
  const isSecure =
    to.protocol === 'https:' || (redirectToHttps !== false && redirectToHttps.names.includes(to.hostname));
  const found = (why: string, remedy: string): readonly Finding[] => [
    {
      hurts: 'some',
      about: 'guard',
      what: `The guard of ${id} lets in whoever has the primary's cookie, and ${why}: every visitor who is sent there goes round once more, and keeps ${MARK} in his address.`,
      remedy,
    },
  ];
  const without = `take the guard out of ${id}.`;
  if (affinity === false)
    return found('with "affinity": false nobody gets one', `Switch "affinity" on, or ${without}`);
  if (hostname !== to.hostname)
    return found(
      `browsers keep that of ${to.hostname} from ${hostname}`,
      `A guard works under the primary's own host name only: ${without}`,
    );
  if (isSecure && protocol === 'http:')
    return found(
      `browsers keep a cookie of https from ${look.visited}`,
      `Let ${id} speak https as well, and list it with "scheme": "https"; or ${without}`,
    );
  return [];
};
