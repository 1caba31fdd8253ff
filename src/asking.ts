import type { SecondarySettings } from './config/settings.ts';
import { checks } from './checks/index.ts';
import { loads } from './loads/index.ts';
import type { Journal } from './journal.ts';
import type { Clock, Dice } from './model/clock.ts';
import { startLive, type Live, type LiveOptions } from './monitor/live.ts';
import { startMonitor, type Monitor, type MonitorOptions } from './monitor/monitor.ts';
import type { Probe } from './model/probe.ts';
import { createProbe } from './monitor/probe.ts';
import { createWire } from './wire/create-wire.ts';

export interface AskingParts {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly journal: Journal;
}

/** The means of a process that asks the secondaries itself. */
export interface Asking {
  readonly startMonitor: (given: Given) => Monitor;
  readonly startLive: (given: Pick<LiveOptions, 'settings'> & { readonly journal?: Journal }) => Live;
  /** The means to ask one secondary. */
  readonly probeOf: (secondary: SecondarySettings, journal?: Journal) => Probe;
  /** Cuts whatever is under way. */
  readonly close: () => Promise<void>;
}

type Given = Pick<MonitorOptions, 'settings' | 'source' | 'publish'> & { readonly journal?: Journal };

/**
 * Puts checks, load readers and the wire together. The primary loads this module only when it has to ask by itself: most
 * of the time its worker does.
 */
export const createAsking = (parts: AskingParts): Asking => {
  const wire = createWire({ clock: parts.clock });
  const means = { checks, loads, wire, dice: parts.dice, journal: parts.journal };
  return {
    startMonitor: (given) => startMonitor({ ...means, ...given }),
    startLive: (given) => startLive({ ...means, ...given }),
    probeOf: (secondary, journal = parts.journal) => createProbe(secondary, { ...means, journal }),
    close: wire.close,
  };
};
