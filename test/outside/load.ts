import { Agent, get } from 'node:http';

/** A visit that was not answered by a redirect, and why. */
export interface Failed {
  readonly at: number;
  readonly why: string;
}

/** Visitors who keep coming. */
export interface Load {
  /** visits answered so far */
  readonly visits: () => number;
  readonly failures: readonly Failed[];
  /** milliseconds since 1970 of the last visit that was sent to this port; 0 if none was */
  readonly lastAt: (port: number) => number;
  /** how many were sent to this port */
  readonly sentTo: (port: number) => number;
  /** longest that one visitor waited, in milliseconds */
  readonly longestMs: () => number;
  readonly stop: () => Promise<void>;
}

export interface LoadOptions {
  readonly port: number;
  readonly path?: string;
  readonly host?: string;
  /** visitors at the same time, each with a connection that he keeps */
  readonly visitors?: number;
  /** pause of each between two visits */
  readonly pauseMs?: number;
}

/** Lets visitors without a cookie come one after the other; whatever is not a 302 or 307 is a failure. */
export const startLoad = (options: LoadOptions): Load => {
  const { port, path = '/visit', host = 'www.example.org', visitors = 4, pauseMs = 1 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: visitors });
  const lastAt = new Map<number, number>();
  const sentTo = new Map<number, number>();
  const failures: Failed[] = [];
  let visits = 0;
  let longestMs = 0;
  let isOn = true;

  const visit = (): Promise<string | undefined> =>
    new Promise((resolve) => {
      const startedAt = Date.now();
      const request = get({ port, path, host: '127.0.0.1', agent, headers: { Host: host } });
      request.setTimeout(10_000, () => request.destroy(new Error('silence')));
      request.on('error', (error) => resolve(error.message));
      request.on('response', (response) => {
        response.resume().on('end', () => {
          longestMs = Math.max(longestMs, Date.now() - startedAt);
          const { statusCode = 0, headers } = response;
          if (![302, 307].includes(statusCode)) {
            resolve(`status ${statusCode}`);
            return;
          }
          const to = Number(new URL(headers.location ?? '').port);
          lastAt.set(to, Date.now());
          sentTo.set(to, (sentTo.get(to) ?? 0) + 1);
          visits += 1;
          resolve(undefined);
        });
      });
    });

  const visitor = async (): Promise<void> => {
    while (isOn) {
      const why = await visit();
      if (why !== undefined) failures.push({ at: Date.now(), why });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const all = Promise.all(Array.from({ length: visitors }, visitor));
  return {
    visits: () => visits,
    failures,
    lastAt: (of) => lastAt.get(of) ?? 0,
    sentTo: (of) => sentTo.get(of) ?? 0,
    longestMs: () => longestMs,
    stop: async () => {
      isOn = false;
      await all;
      agent.destroy();
    },
  };
};
