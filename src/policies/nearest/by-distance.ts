import type { NonEmpty } from '../../model/non-empty.ts';
import type { Place } from '../../model/place.ts';
import type { Candidate } from '../../model/policy.ts';
import { ahead, inSlices, type Slices } from '../../model/slices.ts';

/** A new connection and a first answer cost two round trips; cables are about half as long again as the way is far. */
const MS_PER_KM = 0.03;
const BASE_MS = 5;
const EARTH_KM = 6371;
/** Places of visitors for which the near ones are remembered, each a degree wide. */
const CELLS = 1024;
/** How long: who is full changes. */
const HOLDS_MS = 1000;

/** How long a secondary is expected to take by its distance alone, until somebody measured it. */
export const expectedMs = (from: Place, to: Place): number => msOf(kmBetween(from, to));

const msOf = (km: number): number => BASE_MS + km * MS_PER_KM;

/** The candidates near a place. */
export interface Around {
  readonly madeAt: number;
  /** their places in the list; empty: distance tells nothing */
  readonly near: readonly number[];
  /** whoever is as near takes no longer */
  readonly boundMs: number;
}

interface Means {
  readonly now: number;
  readonly isFull: (place: number) => boolean;
  /** What still counts as near beside one that takes so long. */
  readonly boundOf: (ms: number) => number;
}

export interface ByDistance {
  readonly of: (visitor: Place, means: Means) => Around;
  /** Does in slices what need not be done for each place. */
  readonly begin: () => Slices;
}

/**
 * Finds the candidates near a visitor's place. Whoever does not say where he is counts as near, so that nobody is left
 * without visitors for what is not known; where fewer than two say it, distance tells nothing.
 */
export const byDistance = (candidates: NonEmpty<Candidate>): ByDistance => {
  const { length } = candidates;
  const points = ahead(() => pointsOf(candidates));
  /** cosines of the angles between the visitor and each; NaN: it does not say where it is */
  const cosines = new Float64Array(length);
  const cells = new Map<number, Around>();

  const make = (visitor: Place, { now, isFull, boundOf }: Means): Around => {
    const { ups, forths, asides } = points.get();
    const [up, forth, aside] = pointOf(visitor);
    let most = -Infinity;
    for (let at = 0; at < length; at += 1) {
      const cosine =
        (ups[at] as number) * up + (forths[at] as number) * forth + (asides[at] as number) * aside;
      cosines[at] = cosine;
      if (cosine > most && !isFull(at)) most = cosine;
    }
    const boundMs = boundOf(most === -Infinity ? Infinity : msOf(Math.acos(Math.min(1, most)) * EARTH_KM));
    const angle = (boundMs - BASE_MS) / MS_PER_KM / EARTH_KM;
    const least = angle < Math.PI ? Math.cos(angle) : -Infinity;
    const near: number[] = [];
    for (let at = 0; at < length; at += 1) {
      if (!((cosines[at] as number) < least) && !isFull(at)) near.push(at);
    }
    return { madeAt: now, near: near.length === length ? [] : near, boundMs };
  };

  const of = (visitor: Place, means: Means): Around => {
    if (points.get().telling < 2) return NOWHERE;
    const cell = Math.round(visitor[0]) * 1000 + Math.round(visitor[1]);
    const known = cells.get(cell);
    if (known !== undefined && Math.abs(means.now - known.madeAt) < HOLDS_MS) return known;
    if (cells.size >= CELLS) cells.clear();
    const around = make(visitor, means);
    cells.set(cell, around);
    return around;
  };
  return { of, begin: points.begin };
};

/** Where the candidates are on the unit sphere, by place; NaN: it does not say it. */
interface Points {
  readonly ups: Float64Array;
  readonly forths: Float64Array;
  readonly asides: Float64Array;
  /** how many say it */
  readonly telling: number;
}

function* pointsOf(candidates: NonEmpty<Candidate>): Slices<Points> {
  const { length } = candidates;
  const [ups, forths, asides] = [
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
  ];
  let telling = 0;
  yield* inSlices(candidates, ({ secondary: { place } }, at) => {
    const [up, forth, aside] = place === undefined ? NO_POINT : pointOf(place);
    if (place !== undefined) telling += 1;
    ups[at] = up;
    forths[at] = forth;
    asides[at] = aside;
  });
  return { ups, forths, asides, telling };
}

const NOWHERE: Around = { madeAt: 0, near: [], boundMs: Infinity };

const RADIANS = Math.PI / 180;

/** Along a great circle (the haversine formula). */
const kmBetween = ([north, east]: Place, [otherNorth, otherEast]: Place): number => {
  const up = Math.sin(((otherNorth - north) * RADIANS) / 2) ** 2;
  const along = Math.sin(((otherEast - east) * RADIANS) / 2) ** 2;
  const part = up + Math.cos(north * RADIANS) * Math.cos(otherNorth * RADIANS) * along;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(part)));
};

/** A point of the unit sphere: up, forth, aside. */
type Point = readonly [number, number, number];

const NO_POINT: Point = [NaN, NaN, NaN];

const pointOf = ([north, east]: Place): Point => {
  const level = Math.cos(north * RADIANS);
  return [Math.sin(north * RADIANS), level * Math.cos(east * RADIANS), level * Math.sin(east * RADIANS)];
};
