import { inView, type View } from '../../public/dashboard-view.js';
import type { Entry } from '../journal.ts';
import type { Id } from '../model/secondary.ts';
import type { Beat, Beats } from './beats.ts';
import { changedFields, changedRows } from './changes.ts';
import type { ChartPoint } from './history.ts';
import type { Look } from './look.ts';
import type { Row } from './row.ts';
import type { Summary } from './status.ts';
import { eventWords } from './words.ts';

/** Where messages for one open dashboard go. */
export interface Sink {
  readonly write: (text: string) => void;
  /** bytes that were written and are not on their way yet */
  readonly backlog: () => number;
  readonly close: () => void;
}

/** How many dashboards may be open at once. */
export const MOST_CLIENTS = 100;

/** Who reads more slowly than this is let go; his browser comes again and gets the whole anew. */
const MOST_BACKLOG = 4 * 1024 * 1024;

/** All together may be behind by so much: of many each may be by less. */
const MOST_BEHIND = 64 * 1024 * 1024;

/** The open dashboards, and what they are told: Server-Sent Events, as the HTML standard defines them. */
export interface Stream {
  /**
   * Begins with the whole that is in view. Returns how to leave; `undefined` when there are already 100.
   *
   * @param view what this one wants to see; absent: all secondaries, without their last checks
   */
  readonly join: (sink: Sink, view?: View) => (() => void) | undefined;
  readonly hasClients: () => boolean;
  /** Tells what changed since the last second. It comes even when nothing did: that is the heartbeat. */
  readonly tell: (look: Look, point: ChartPoint) => void;
  readonly tellEntry: (entry: Entry) => void;
  readonly stop: () => void;
}

/** Those who look at the same rows: what they are told is made once. */
interface Audience {
  readonly view: View | undefined;
  readonly sinks: Set<Sink>;
  told: Told;
}

/** What an audience knows by now. */
interface Told {
  readonly summary: Summary;
  /** all secondaries, and those that are looked for */
  readonly sizes: { readonly all: number; readonly found: number };
  readonly rows: readonly Row[];
}

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Opens the stream. @param look at what is, for whoever joins while nobody else listens */
export const createStream = ({
  look,
  beats,
}: {
  readonly look: () => Look;
  readonly beats: Pick<Beats, 'of' | 'between'>;
}): Stream => {
  const audiences = new Map<string, Audience>();
  const everybody = (): readonly Sink[] => [...audiences.values()].flatMap(({ sinks }) => [...sinks]);

  const leave = (key: string, sink: Sink): void => {
    const audience = audiences.get(key);
    audience?.sinks.delete(sink);
    if (audience?.sinks.size === 0) audiences.delete(key);
  };

  const broadcast = (key: string, text: string): void => {
    const most = Math.min(MOST_BACKLOG, MOST_BEHIND / everybody().length);
    for (const sink of audiences.get(key)?.sinks ?? []) {
      if (sink.backlog() <= most) {
        sink.write(text);
        continue;
      }
      leave(key, sink);
      sink.close();
    }
  };

  const beatsOf = (rows: readonly { readonly id: Id }[]) =>
    Object.fromEntries(rows.map(({ id }) => [id, beats.of(id)]));

  const whole = ({ view, told }: Pick<Audience, 'view' | 'told'>): string => {
    const { summary, sizes, rows } = told;
    const more = view === undefined ? {} : { ...sizes, beats: beatsOf(rows) };
    return message('status', { ...summary, ...more, secondaries: rows });
  };

  /** The checks of one second that no row tells: a row holds the last one. */
  const betweenTwo = (before: readonly Row[], after: readonly Row[]): Record<Id, readonly Beat[]> => {
    const known = new Map(before.map(({ id, check }) => [id, check?.at]));
    const found: Record<Id, readonly Beat[]> = {};
    for (const { id, check } of after) {
      const [from, to] = [Date.parse(known.get(id) ?? ''), Date.parse(check?.at ?? '')];
      // without a date on both sides there is nothing between
      const some = from < to ? beats.between(id, from, to) : [];
      if (some.length > 0) found[id] = some;
    }
    return found;
  };

  /** From one second to the next. */
  const difference = (before: Told, { view, told }: Audience, point: ChartPoint): string => {
    const { changes, newcomers, order } = changedRows(before.rows, told.rows);
    if (order !== undefined && view === undefined) return whole({ view, told });
    const between = view === undefined ? {} : betweenTwo(before.rows, told.rows);
    return message('change', {
      ...changedFields(before.summary, told.summary),
      ...changedFields(before.sizes, told.sizes),
      ...(order === undefined ? {} : { order, beats: beatsOf(newcomers) }),
      ...(Object.keys(between).length === 0 ? {} : { between }),
      point,
      secondaries: changes,
    });
  };

  return {
    hasClients: () => audiences.size > 0,
    join: (sink, view) => {
      if (everybody().length >= MOST_CLIENTS) return undefined;
      const key = JSON.stringify(view ?? null);
      // Whoever joins gets what the others were told last: the next changes are counted from there.
      const audience = audiences.get(key) ?? { view, sinks: new Set(), told: seenBy(view, look()) };
      audiences.set(key, audience);
      audience.sinks.add(sink);
      sink.write(`retry: 1000\n${whole(audience)}`);
      return () => {
        leave(key, sink);
      };
    },
    tell: (next, point) => {
      for (const [key, audience] of audiences) {
        const before = audience.told;
        audience.told = seenBy(audience.view, next);
        broadcast(key, difference(before, audience, point));
      }
    },
    tellEntry: (entry) => {
      if (audiences.size === 0) return;
      const text = message('entry', { at: entry.at, ...eventWords(entry) });
      for (const key of audiences.keys()) broadcast(key, text);
    },
    stop: () => {
      for (const sink of everybody()) sink.close();
      audiences.clear();
    },
  };
};

const seenBy = (view: View | undefined, { summary, figures, rowOf }: Look): Told => {
  const found = view === undefined ? figures : inView(figures, view);
  return {
    summary,
    sizes: { all: figures.length, found: found.length },
    rows: (view === undefined ? found : found.slice(0, view.limit)).map(rowOf),
  };
};
