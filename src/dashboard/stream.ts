import type { Entry } from '../journal.ts';
import { changedFields, changedRows } from './changes.ts';
import type { ChartPoint } from './history.ts';
import type { Status } from './status.ts';
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

/** The open dashboards, and what they are told: Server-Sent Events, as the HTML standard defines them. */
export interface Stream {
  /** Begins with the whole status. Returns how to leave; `undefined` when there are already 100. */
  readonly join: (sink: Sink) => (() => void) | undefined;
  readonly hasClients: () => boolean;
  /** Tells what changed since the last second. It comes even when nothing did: that is the heartbeat. */
  readonly tell: (status: Status, point: ChartPoint) => void;
  readonly tellEntry: (entry: Entry) => void;
  readonly stop: () => void;
}

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Opens the stream. @param status the whole, for whoever joins while nobody else listens */
export const createStream = (status: () => Status): Stream => {
  const sinks = new Set<Sink>();
  let told: Status | undefined;

  const broadcast = (text: string): void => {
    for (const sink of sinks) {
      if (sink.backlog() <= MOST_BACKLOG) {
        sink.write(text);
        continue;
      }
      sinks.delete(sink);
      sink.close();
    }
  };

  return {
    hasClients: () => sinks.size > 0,
    join: (sink) => {
      if (sinks.size >= MOST_CLIENTS) return undefined;
      // Whoever joins gets what the others were told last: the next changes are counted from there.
      if (sinks.size === 0 || told === undefined) told = status();
      sinks.add(sink);
      sink.write(`retry: 2000\n${message('status', told)}`);
      return () => sinks.delete(sink);
    },
    tell: (next, point) => {
      const before = told;
      told = next;
      const rows = before === undefined ? undefined : changedRows(before.secondaries, next.secondaries);
      if (before === undefined || rows === undefined) {
        broadcast(message('status', next));
        return;
      }
      const { secondaries: _before, ...summaryBefore } = before;
      const { secondaries: _next, ...summary } = next;
      broadcast(message('change', { ...changedFields(summaryBefore, summary), point, secondaries: rows }));
    },
    tellEntry: (entry) => {
      if (sinks.size > 0) broadcast(message('entry', { at: entry.at, ...eventWords(entry) }));
    },
    stop: () => {
      for (const sink of sinks) sink.close();
      sinks.clear();
    },
  };
};
