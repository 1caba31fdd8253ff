import type { Check } from '../../src/checks/check.ts';
import { systemClock, systemDice } from '../../src/clock.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { createProbe } from '../../src/monitor/probe.ts';
import { runChild } from '../../src/worker/child-main.ts';
import { askWith } from '../monitor/pool-settings.ts';

// A worker's process as the primary has it, but for the questions: every secondary is up, those called `down…` are not.
const check: Check = async ({ id }) =>
  id.startsWith('down')
    ? { ok: false, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED' }
    : { ok: true, tookMs: 1 };

await runChild(() => ({
  startMonitor: (given) => startMonitor({ ...askWith(check), ...given }),
  probeOf: (secondary, journal) => createProbe(secondary, { ...askWith(check), journal }),
  clock: systemClock(),
  dice: systemDice,
}));
