import type { Journal } from '../journal.ts';
import type { StandIn } from './follower.ts';

/** How long after a failure it is tried again. */
const AGAIN_MS = 1000;

/** A stand-in that is started in a while: until it can be, it is tried again and the operator is told. */
export const later = <Given>(
  start: (given: Given) => Promise<StandIn<Given>>,
  first: Given,
  journal: Journal,
): StandIn<Given> => {
  let given = first;
  let running: StandIn<Given> | undefined;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const attempt = async (): Promise<void> => {
    try {
      const started = await start(given);
      if (isStopped) await started.stop();
      else running = started;
    } catch (error) {
      journal({ type: 'bug', where: 'asking', error: String(error) });
      if (!isStopped) timer = setTimeout(() => void attempt(), AGAIN_MS);
    }
  };
  const starting = attempt();

  return {
    update: (next) => {
      given = next;
      running?.update(next);
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await starting;
      await running?.stop();
    },
  };
};
