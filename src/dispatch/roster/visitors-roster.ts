import { isLoopback } from '../../config/host-name.ts';
import type { Rejected } from '../../model/decision.ts';
import type { PoolSnapshot } from '../../model/pool.ts';
import type { Origin, Secondary } from '../../model/secondary.ts';
import type { Slices } from '../../model/slices.ts';
import type { Visit } from '../../model/visit.ts';
import { inRanges } from '../visit/ranges.ts';
import { createRosters, type Roster, type RosterOptions, type Rosters } from './roster.ts';

/** Rosters that may differ by where a visitor comes from; otherwise as those for all. */
export interface VisitorsRosters extends Omit<Rosters, 'of'> {
  readonly of: (snapshot: PoolSnapshot, visit: Pick<Visit, 'visitor'>) => Roster;
  /** The one that such visitors find, by the number that a roster bears. */
  readonly numbered: (whose: number, snapshot: PoolSnapshot) => Roster;
}

/** Which version of IP a visitor came by; `any` where it makes no difference. */
type Family = 4 | 6 | 'any';

/**
 * The roster as one visitor finds it. Who comes from inside finds secondaries at their LAN address, because routers
 * often do not lead from inside to their own public address. Who comes by IPv6 is not sent to a bare IPv4 address, nor the
 * other way round: he may have no way there. A name is for his resolver to see to. Where nobody is left for him, the
 * others are better than none.
 *
 * @param lan ranges of visitors from inside
 */
export const createVisitorsRoster = (options: RosterOptions, lan: readonly string[]): VisitorsRosters => {
  const { secondaries } = options;
  const outside = createRosters(options);
  const isLan = lan.length > 0 && secondaries.some((each) => each.lan !== undefined);
  const isBare = secondaries.some((each) => addressesOf(each).some((origin) => familyOf(origin) !== 'any'));
  // Hardly any list has such addresses; then nobody's address has to be asked of the kernel.
  if (!isLan && !isBare) return { ...outside, numbered: (_, snapshot) => outside.of(snapshot) };

  const isInside = inRanges(lan);
  const insiders = secondaries.map(fromInside);
  const ofOutside = {
    any: outside,
    4: reachedBy(4, { ...options, whose: 1 }, outside),
    6: reachedBy(6, { ...options, whose: 2 }, outside),
  };
  const forInside = { ...options, secondaries: insiders };
  const inside = createRosters({ ...forInside, whose: 3 });
  const ofInside = {
    any: inside,
    4: reachedBy(4, { ...forInside, whose: 4 }, inside),
    6: reachedBy(6, { ...forInside, whose: 5 }, inside),
  };
  const { any, 4: four, 6: six } = ofInside;
  const numbered = [outside, ofOutside[4], ofOutside[6], any, four, six];

  const used = [
    ...(isBare ? Object.values(ofOutside) : [outside]),
    ...(isLan ? (isBare ? Object.values(ofInside) : [ofInside.any]) : []),
  ];
  return {
    ...together([...new Set(used)]),
    of: (snapshot, { visitor }) => {
      const address = visitor();
      const rosters = isLan && isInside(address) ? ofInside : ofOutside;
      if (!isBare || address === '' || isLoopback(address)) return rosters.any.of(snapshot);
      const roster = rosters[address.includes(':') ? 6 : 4].of(snapshot);
      return roster.candidates.length > 0 ? roster : rosters.any.of(snapshot);
    },
    numbered: (whose, snapshot) => (numbered[whose] ?? outside).of(snapshot),
  };
};

/** Several made ready one after the other. */
const together = (list: readonly Rosters[]): Omit<Rosters, 'of'> => ({
  coming: (snapshot) => inTurn(list.map(({ coming }) => coming(snapshot))),
  renew: () => inTurn(list.map(({ renew }) => renew())),
  everyMs: () => Math.min(...list.map(({ everyMs }) => everyMs())),
});

function* inTurn(all: readonly Slices[]): Slices {
  for (const slices of all) yield* slices;
}

/** Rosters of those whom a visitor reaches who comes by this family; the others are rejected. @param all of everybody */
const reachedBy = (family: 4 | 6, options: RosterOptions, all: Rosters): Rosters => {
  const { secondaries } = options;
  // Made once: in a long list each costs as much as the first.
  if (secondaries.every((each) => isReached(each, family))) return all;
  const rosters = createRosters({
    ...options,
    secondaries: secondaries.filter((each) => isReached(each, family)),
  });
  const rejected = secondaries
    .filter((each) => !isReached(each, family))
    .map(({ id }): Rejected => ({ id, why: 'other-family', detail: `he comes by IPv${String(family)}` }));
  const known = new WeakMap<Roster, Roster>();
  return {
    ...rosters,
    of: (snapshot) => {
      const roster = rosters.of(snapshot);
      const made = known.get(roster) ?? { ...roster, rejected: [...roster.rejected, ...rejected] };
      known.set(roster, made);
      return made;
    },
  };
};

const fromInside = (secondary: Secondary): Secondary =>
  secondary.lan === undefined ? secondary : { ...secondary, address: { kind: 'own', origin: secondary.lan } };

const addressesOf = ({ address, lan }: Secondary): readonly Origin[] => [
  ...(address.kind === 'own' ? [address.origin] : []),
  ...(lan === undefined ? [] : [lan]),
];

const isReached = ({ address }: Secondary, family: 4 | 6): boolean => {
  const its = address.kind === 'own' ? familyOf(address.origin) : 'any';
  return its === 'any' || its === family;
};

/** The family of an origin whose host is an address; a name's may be any. */
const familyOf = (origin: Origin): Family => {
  const host = origin.slice(origin.indexOf('//') + 2);
  if (host.startsWith('[')) return 6;
  return /^\d+(?:\.\d+){3}(?::\d+)?$/.test(host) ? 4 : 'any';
};
