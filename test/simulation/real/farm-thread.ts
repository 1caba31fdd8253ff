import { parentPort, workerData } from 'node:worker_threads';
import { drawVisitors } from '../visitors.ts';
import { startSecondaries } from './secondaries.ts';
import { visit } from './visit.ts';
import type { FarmTask, FromFarm, ToFarm } from './farm-messages.ts';

// One contender's secondaries and visitors, in a thread of their own.
if (parentPort !== null) {
  const port = parentPort;
  const { speeds, traffic, seed, warmUp, end } = workerData as FarmTask;
  const visitors = drawVisitors(traffic, end, seed);
  const current = visitors.first.slice(0, visitors.count);
  const secondaries = await startSecondaries({
    speeds,
    sessionCount: visitors.count,
    sizeOf: (session) => visitors.size[current[session]!]!,
  });
  const say = (message: FromFarm): void => port.postMessage(message);
  port.once('message', ({ primary }: ToFarm) => {
    void visit({ visitors, port: primary, warmUp, end, current }).then((met) => {
      say({ type: 'met', met });
      secondaries.close();
      port.close();
    });
  });
  say({ type: 'ports', ports: secondaries.ports });
}
