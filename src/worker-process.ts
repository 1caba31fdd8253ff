import { checks } from './checks/index.ts';
import { systemClock, systemDice } from './clock.ts';
import { loads } from './loads/index.ts';
import { startMonitor } from './monitor/monitor.ts';
import { createWire } from './wire/create-wire.ts';
import { runChild } from './worker/child-main.ts';

// Entry of the primary's own worker: settings come over the channel from the primary, and it ends with it.
await runChild(() => {
  const clock = systemClock();
  const wire = createWire({ clock });
  return {
    startMonitor: (given) => startMonitor({ ...given, checks, loads, wire, dice: systemDice }),
    clock,
    dice: systemDice,
    close: wire.close,
  };
});
