import { systemClock } from '../../src/clock.ts';
import { forkWorker, keepWorker } from '../../src/worker/child.ts';
import { settingsOf } from '../monitor/pool-settings.ts';

// A primary that only keeps its worker and tells its events.
const [files = ''] = process.argv.slice(2);
keepWorker({
  settings: settingsOf({ ids: ['web1'], stateFolder: files }),
  spawn: () => forkWorker(new URL('child-entry.ts', import.meta.url)),
  journal: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  clock: systemClock(),
});
