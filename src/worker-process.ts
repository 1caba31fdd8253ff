import { createAsking } from './asking.ts';
import { systemClock, systemDice } from './clock.ts';
import { runChild } from './worker/child-main.ts';

// Entry of the primary's own worker: settings come over the channel from the primary, and it ends with it.
await runChild(() => {
  const parts = { clock: systemClock(), dice: systemDice, journal: () => undefined };
  const { startMonitor, probeOf, close } = createAsking(parts);
  return { startMonitor, probeOf, close, ...parts };
});
