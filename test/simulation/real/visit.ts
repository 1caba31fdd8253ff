import { Agent, get, type IncomingMessage } from 'node:http';
import type { Visitors } from '../visitors.ts';

/** What the visitors met. Times in milliseconds. */
export interface Met {
  readonly answers: Float64Array;
  /** time over that at speed 1 with nobody else */
  readonly slowdowns: Float64Array;
  readonly failed: number;
}

export interface VisitOptions {
  readonly visitors: Visitors;
  readonly port: number;
  /** seconds: what is asked before is not measured, and nothing is asked after */
  readonly warmUp: number;
  readonly end: number;
  /** the request that the session is at: what it asks for next */
  readonly current: Int32Array;
}

/**
 * Lets the visitors come at their times: each asks the primary once, follows it to a secondary and stays there, with a
 * think time after each answer. The first answer's time holds that of the primary's.
 */
export const visit = async (options: VisitOptions): Promise<Met> => {
  const { visitors, port, warmUp, end, current } = options;
  const agent = new Agent({ keepAlive: true });
  const answers: number[] = [];
  const slowdowns: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const until = (at: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, Math.max(0, (at - seconds()) * 1000)));
  const ask = (url: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (answer) => {
        answer.resume().once('end', () => resolve(answer));
      }).once('error', reject);
    });

  const session = async (number: number): Promise<void> => {
    let origin: string | undefined;
    for (let request = visitors.first[number]!; request < visitors.first[number + 1]!; request += 1) {
      const at = seconds() + (origin === undefined ? 0 : visitors.think[request]!);
      if (at >= end) return;
      await until(at);
      const askedAt = seconds();
      current[number] = request;
      origin ??= await sentTo(`http://127.0.0.1:${port}/${number}`);
      await ask(`${origin}/${number}`);
      const took = seconds() - askedAt;
      if (askedAt < warmUp) continue;
      answers.push(took * 1000);
      slowdowns.push(took / visitors.size[request]!);
    }
  };
  const sentTo = async (url: string): Promise<string> => {
    const { statusCode = 0, headers } = await ask(url);
    if (statusCode !== 302) throw new Error(`the primary answers ${statusCode}`);
    return new URL(headers.location ?? '').origin;
  };

  const all: Promise<void>[] = [];
  for (let number = 0; number < visitors.count; number += 1) {
    await until(visitors.arrival[number]!);
    all.push(
      session(number).catch(() => {
        failed += 1;
      }),
    );
  }
  // Whoever still waits then is waited for: the slowest would be the ones missing.
  const late = setTimeout(agent.destroy.bind(agent), PATIENCE * 1000);
  await Promise.all(all);
  clearTimeout(late);
  agent.destroy();
  return { answers: Float64Array.from(answers), slowdowns: Float64Array.from(slowdowns), failed };
};

/** How long after the last visitor came answers are still waited for, in seconds. */
const PATIENCE = 20;
