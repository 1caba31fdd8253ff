import type { NonEmpty } from '../../model/non-empty.ts';
import type { Place } from '../../model/place.ts';
import type { Candidate } from '../../model/policy.ts';

/** A new connection and a first answer cost two round trips; cables are about half as long again as the way is far. */
const MS_PER_KM = 0.03;
const BASE_MS = 5;
const EARTH_KM = 6371;
/** Places of visitors for which the near ones are remembered, each a degree wide. */
const CELLS = 1024;
/** How long: who is full changes. */
const HOLDS_MS = 1000;

/** How long a secondary is expected to take by its distance alone, until somebody measured it. */
export const expectedMs = (from: Place, to: Place): number => BASE_MS + kmBetween(from, to) * MS_PER_KM;

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

/**
 * Finds the candidates near a visitor's place. Whoever does not say where he is counts as near, so that nobody is left
 * without visitors for what is not known; where fewer than two say it, distance tells nothing.
 */
export const byDistance = (candidates: NonEmpty<Candidate>): ((visitor: Place, means: Means) => Around) => {
  const places = candidates.map(({ secondary }) => secondary.place);
  const tellsNothing = places.filter((place) => place !== undefined).length < 2;
  const cells = new Map<number, Around>();

  const make = (visitor: Place, { now, isFull, boundOf }: Means): Around => {
    const took = places.map((place) => (place === undefined ? -1 : expectedMs(visitor, place)));
    let shortest = Infinity;
    took.forEach((ms, at) => {
      if (ms >= 0 && ms < shortest && !isFull(at)) shortest = ms;
    });
    const boundMs = boundOf(shortest);
    const near = candidates.flatMap((_, at) => ((took[at] ?? 0) <= boundMs && !isFull(at) ? [at] : []));
    return { madeAt: now, near: near.length === candidates.length ? [] : near, boundMs };
  };

  return (visitor, means) => {
    if (tellsNothing) return NOWHERE;
    const cell = Math.round(visitor[0]) * 1000 + Math.round(visitor[1]);
    const known = cells.get(cell);
    if (known !== undefined && Math.abs(means.now - known.madeAt) < HOLDS_MS) return known;
    if (cells.size >= CELLS) cells.clear();
    const around = make(visitor, means);
    cells.set(cell, around);
    return around;
  };
};

const NOWHERE: Around = { madeAt: 0, near: [], boundMs: Infinity };

const RADIANS = Math.PI / 180;

/** Along a great circle (the haversine formula). */
const kmBetween = ([north, east]: Place, [otherNorth, otherEast]: Place): number => {
  const up = Math.sin(((otherNorth - north) * RADIANS) / 2) ** 2;
  const along = Math.sin(((otherEast - east) * RADIANS) / 2) ** 2;
  const part = up + Math.cos(north * RADIANS) * Math.cos(otherNorth * RADIANS) * along;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(part)));
};
