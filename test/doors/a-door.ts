import type { TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { Settings } from '../../src/config/settings.ts';
import { allocateLedger, openLedger } from '../../src/dispatch/ledger/ledger.ts';
import { allocateDepartures } from '../../src/dispatch/boomerang.ts';
import { allocateRolls, openRolls } from '../../src/dispatch/ledger/rolls.ts';
import type { AccessLog } from '../../src/doors/access-log/access-log.ts';
import { openPublicDoor } from '../../src/doors/public/public.ts';
import { keepRelay } from '../../src/doors/public/kept-relay.ts';
import { DOOR_LIMITS, type DoorLimits } from '../../src/doors/public/limits.ts';
import type { Shared } from '../../src/doors/public/share-out.ts';
import { createService } from '../../src/doors/public/service.ts';
import { loadViews } from '../../src/doors/pages/views.ts';
import type { Dice } from '../../src/model/clock.ts';
import { allocateBudget } from '../../src/relay/budget.ts';
import type { Complaint } from '../../src/model/complaint.ts';
import type { PoolSnapshot } from '../../src/model/pool.ts';
import type { Target } from '../../src/model/visit.ts';
import type { Receipts } from '../../src/receipts/receipts.ts';

/** Settings of a door on a free port of loopback with two secondaries, of which the first always serves. */
export const plainSettings = (changes: Partial<Settings> = {}): Settings => ({
  listen: [{ host: '127.0.0.1', port: 0 }],
  admin: { host: '127.0.0.1', port: 0 },
  threads: 1,
  trustProxies: [],
  lan: [],
  redirectToHttps: false,
  policy: { name: 'first', options: {} },
  checks: {
    from: 'none',
    everyMs: 2000,
    worker: 'own',
    freshnessMs: 1000,
    timeoutMs: 2000,
    slowReturnMs: 90_000,
    freshen: 0,
  },
  delivery: { name: 'redirect', options: {} },
  affinity: { cookie: 'usher', forMs: 3_600_000 },
  landing: '/' as Target,
  debug: false,
  jsonAnswers: true,
  whenAllDown: { kind: 'sorry' },
  siteFolder: '/nonexistent',
  stateFolder: '/nonexistent',
  statusPage: false,
  hitCounter: false,
  notify: [],
  entrances: new Map(),
  secondaries: [8086, 8087].map((port) => ({
    id: `web${String(port)}`,
    address: { kind: 'same-host', scheme: 'http', port } as const,
    at: `http://127.0.0.1:${String(port)}` as const,
    weight: 1,
    role: 'active' as const,
    state: 'ready' as const,
    ping: { name: 'http', options: {} },
    rise: 2,
    fall: 3,
    timeoutMs: 2000,
  })),
  ...changes,
});

const UNASKED: PoolSnapshot = { seq: 0, at: 0, source: 'none', standings: new Map() };

/** Opens a public door in this process, its clock standing still unless a test moves it; closed when the test ends. */
export const openDoor = async (
  test: TestContext,
  {
    fastLane,
    settings = plainSettings(),
    receipts,
    time = { ms: 0 },
    pool = UNASKED,
    dice = () => 0.5,
    limits = DOOR_LIMITS,
    shared,
    accessLog,
  }: {
    readonly fastLane: boolean;
    readonly settings?: Settings;
    readonly receipts?: Receipts;
    readonly time?: { readonly ms: number };
    readonly pool?: PoolSnapshot;
    readonly dice?: Dice;
    readonly limits?: DoorLimits;
    readonly shared?: Shared;
    readonly accessLog?: AccessLog;
  },
) => {
  const shape = { threads: 1, slots: 16 };
  const ledger = openLedger(allocateLedger(shape), shape, 0);
  const bugs: unknown[] = [];
  const dropped = { count: 0 };
  const complaints: Complaint[] = [];
  // Who waits for a place waits in time that passes.
  const relay = keepRelay({ clock: systemClock(), budget: allocateBudget(1), thread: 0 });
  const service = createService({
    config: {
      settings,
      slots: new Map(settings.secondaries.map(({ id }, slot) => [id, slot])),
      secrets: [Buffer.alloc(32, 7)],
    },
    pools: { none: () => UNASKED, cached: () => pool, live: () => Promise.resolve(pool) },
    ledger,
    rolls: openRolls(allocateRolls()),
    departures: allocateDepartures(),
    receipts,
    views: loadViews(),
    accessLog,
    relay,
    complained: (complaint) => complaints.push(complaint),
    clock: { now: () => time.ms, wall: () => 1_800_000_000_000 + time.ms },
    dice,
    journal: (event) => bugs.push(event),
  });
  service.begin();
  const door = await openPublicDoor({
    listen: settings.listen,
    fastLane,
    reusePort: false,
    service: () => service,
    wall: () => 1_800_000_000_000,
    dropped: () => (dropped.count += 1),
    refused: ledger.count,
    journal: (event) => bugs.push(event),
    limits,
    ...(shared === undefined ? {} : { shared }),
  });
  test.after(() => door.stop(0));
  return { port: door.ports[0] ?? 0, ports: door.ports, ledger, bugs, complaints, door, dropped, relay };
};
