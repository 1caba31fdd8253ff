import { systemClock } from '../../src/clock.ts';
import type { Check } from '../../src/checks/check.ts';
import type { ChecksSettings, SecondarySettings } from '../../src/config/settings.ts';
import type { Event } from '../../src/journal.ts';
import type { LoadReader } from '../../src/loads/load-reader.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import type { MonitorSettings } from '../../src/monitor/monitor.ts';
import type { ProbeMeans } from '../../src/monitor/probe.ts';
import { defineUnit } from '../../src/unit.ts';
import type { Wire } from '../../src/wire/wire.ts';

/** What differs between the pools of these tests. */
export interface Given {
  readonly ids: readonly string[];
  readonly checks?: Partial<ChecksSettings>;
  readonly stateFolder?: string;
  /** of every secondary */
  readonly each?: Partial<SecondarySettings>;
}

/** Settings of a pool whose secondaries are asked by the check `test`. */
export const settingsOf = ({
  ids,
  checks = {},
  stateFolder = '/nowhere',
  each = {},
}: Given): MonitorSettings & { readonly stateFolder: string } => ({
  stateFolder,
  checks: {
    from: 'cached',
    everyMs: 100,
    worker: 'own',
    freshnessMs: 0,
    timeoutMs: 1000,
    slowReturnMs: 0,
    freshen: 0,
    ...checks,
  },
  secondaries: ids.map((id, index): SecondarySettings => ({
    id,
    address: { kind: 'same-host', scheme: 'http', port: 8000 + index },
    at: `http://127.0.0.1:${8000 + index}`,
    weight: 1,
    role: 'active',
    state: 'ready',
    ping: { name: 'test', options: {} },
    rise: 1,
    fall: 1,
    timeoutMs: 1000,
    ...each,
  })),
});

export const PASS: Outcome = { ok: true, tookMs: 1 };
export const FAIL: Outcome = { ok: false, tookMs: 1, failure: 'refused', detail: 'connect ECONNREFUSED' };

const notWired = (): never => {
  throw new Error('these tests ask nothing of the network');
};

/** What a monitor asks with: this check, and this load reader for whom `load: { name: 'test' }` is set. */
export const askWith = (
  check: Check,
  { load = notWired, journal = () => {} }: { load?: LoadReader; journal?: (event: Event) => void } = {},
): ProbeMeans => {
  const clock = systemClock();
  const wire: Wire = { clock, ask: notWired, connect: notWired, run: notWired };
  return {
    checks: { test: defineUnit({ summary: '', options: () => ({}), make: () => check }) },
    loads: { test: defineUnit({ summary: '', options: () => ({}), make: () => load }) },
    wire,
    dice: () => 0.5,
    journal,
  };
};

/** Collects values, and lets one wait for the first that fits; those collected before count too. */
export const collect = <Value>(): {
  readonly values: Value[];
  readonly add: (value: Value) => void;
  readonly first: (fits: (value: Value) => boolean) => Promise<Value>;
} => {
  const values: Value[] = [];
  const waiting = new Set<{ fits: (value: Value) => boolean; resolve: (value: Value) => void }>();
  return {
    values,
    add: (value) => {
      values.push(value);
      for (const each of waiting) {
        if (!each.fits(value)) continue;
        waiting.delete(each);
        each.resolve(value);
      }
    },
    first: (fits) => {
      const known = values.find(fits);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.add({ fits, resolve }));
    },
  };
};

/** The health of every secondary, `web1 up, web2 down`. */
export const healths = ({ standings }: PoolSnapshot): string =>
  Array.from(standings.values(), ({ id, verdict }) => `${id} ${verdict.health}`).join(', ');
