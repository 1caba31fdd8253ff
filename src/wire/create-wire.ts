import type { Clock } from '../model/clock.ts';
import { ask } from './ask.ts';
import { connect } from './connect.ts';
import { createLines } from './lines.ts';
import { createLookup } from './lookup.ts';
import type { Resolve } from './lookup.ts';
import { run } from './run.ts';
import type { Wire } from './wire.ts';

/**
 * The real wire. `close` cuts whatever is under way and ends once nothing is.
 *
 * @param path the PATH in which commands are found; absent: this process's own
 * @param resolve how names become addresses; absent: as the system does it
 */
export const createWire = ({
  clock,
  path = process.env['PATH'] ?? '/usr/bin:/bin',
  resolve,
}: {
  readonly clock: Clock;
  readonly path?: string;
  readonly resolve?: Resolve;
}): Wire & { readonly close: () => Promise<void> } => {
  const life = new AbortController();
  const lookup = createLookup(resolve);
  const means = { lookup, lines: createLines() };
  const underWay = new Set<Promise<unknown>>();

  const follow = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    underWay.add(answer);
    const forget = (): void => {
      underWay.delete(answer);
    };
    answer.then(forget, forget);
    return answer;
  };

  return {
    clock,
    ask: (question) => follow(ask(question, means, life.signal)),
    connect: (to) => follow(connect(to, lookup, life.signal)),
    run: (command) => follow(run(command, path, life.signal)),
    close: async () => {
      life.abort();
      means.lines.close();
      await Promise.allSettled(underWay);
    },
  };
};
