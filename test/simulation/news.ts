import type { Farm, Row } from './farm.ts';
import type { Dispatcher, Place, Rule } from './rule.ts';
import type { Scenario } from './scenario.ts';
import type { Timetable } from './timetable.ts';

/** How dispatchers hear of the secondaries: by the file, and by probes of their own. */
export interface News {
  /** Lets a dispatcher refresh the row that it aims at. */
  readonly probe: (dispatcher: number, now: number) => void;
}

interface Audience {
  readonly places: readonly Place[];
  readonly dispatchers: readonly Dispatcher[];
  readonly probeWaits?: Rule['probeWaits'] | undefined;
}

/** Starts making the file, as the scenario says. */
export const startNews = (scenario: Scenario, farm: Farm, timetable: Timetable, audience: Audience): News => {
  const { toAsk = 0, toTell = 0 } = audience.probeWaits ?? {};
  const later = (wait: number, now: number, what: (then: number) => void): void => {
    if (wait > 0) timetable.at(now + wait, what);
    else what(now);
  };
  const { speeds, every, isStaggered = false, fileEnds = Infinity, fileDelay = 0, tells } = scenario;
  const { places, dispatchers } = audience;
  const asked = new Int32Array(speeds.length);

  const rowOf = (server: number, now: number): Row | undefined => {
    if (farm.isDead(server)) return undefined;
    const truth = farm.row(server, now);
    const count = asked[server]!;
    asked[server] = count + 1;
    const told = tells === undefined ? truth : tells(server, truth, count);
    return told !== undefined && isSound(told) ? told : undefined;
  };
  const seen = (dispatcher: number, server: number, now: number): void => {
    const { usable, since } = places[dispatcher]!;
    const isUp = farm.isDead(server) ? 0 : 1;
    if (isUp === 1 && usable[server] === 0) since[server] = now;
    usable[server] = isUp;
  };
  const read = (rows: ReadonlyMap<number, Row | undefined>, now: number): void => {
    for (const [index, dispatcher] of dispatchers.entries()) {
      for (const [server, row] of rows) {
        seen(index, server, now);
        if (row !== undefined) dispatcher.learn?.(server, row, now);
      }
      dispatcher.refreshed?.(now);
    }
  };
  const make = (servers: readonly number[], now: number): void => {
    if (now >= fileEnds) return;
    const rows = new Map(servers.map((server) => [server, rowOf(server, now)]));
    if (fileDelay === 0) read(rows, now);
    else timetable.at(now + fileDelay, (then) => read(rows, then));
  };

  const all = speeds.map((_, server) => server);
  for (const servers of isStaggered ? all.map((server) => [server]) : [all])
    timetable.every(every, isStaggered ? (every * servers[0]!) / all.length : 0, (now) => make(servers, now));

  return {
    probe: (index, now) => {
      const server = dispatchers[index]!.aim?.(now) ?? -1;
      if (server < 0) return;
      later(toAsk, now, (asked) => {
        seen(index, server, asked);
        const row = rowOf(server, asked);
        later(toTell, asked, (told) => {
          if (row !== undefined) dispatchers[index]!.learn?.(server, row, told);
          dispatchers[index]!.refreshed?.(told);
        });
      });
    },
  };
};

/** What the door lets in: every number finite and not negative. Anything else is no report. */
const isSound = ({ running, sessions, busySeconds, done, started }: Row): boolean =>
  [running, sessions, busySeconds, done, started].every((value) => Number.isFinite(value) && value >= 0);
