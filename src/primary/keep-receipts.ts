import type { Settings } from '../config/settings.ts';
import { mainWay } from '../dispatch/entrances.ts';
import type { Journal } from '../journal.ts';
import type { Clock } from '../model/clock.ts';
import type { NearnessView } from '../model/policy.ts';
import type { Id } from '../model/secondary.ts';
import { openAtlas, type Atlas } from '../receipts/atlas.ts';
import { startKeepingAtlas, type AtlasKeeping } from '../receipts/keep-atlas.ts';
import { allocateReceipts, type ReceiptsMemory } from '../receipts/receipts.ts';
import { dropStubs } from '../receipts/stubs.ts';
import { wantsReceipts } from '../receipts/wants-receipts.ts';

/** What visitors' browsers tell, of a whole process. */
export interface KeptReceipts {
  /** absent: no way through wants them */
  readonly memory: () => ReceiptsMemory | undefined;
  /** what networks measured; `undefined`: no way through wants receipts */
  readonly measured: () => NearnessView | undefined;
  /** how many networks know how near the secondaries are; `undefined`: no way through wants receipts */
  readonly networks: () => number | undefined;
  readonly update: (settings: Settings, slots: ReadonlyMap<Id, number>) => void;
  readonly stop: () => Promise<void>;
}

interface Means {
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Makes room for receipts as soon as a way through wants them, and keeps what they say over restarts. */
export const keepReceipts = ({ clock, journal }: Means): KeptReceipts => {
  let memory: ReceiptsMemory | undefined;
  let atlas: Atlas | undefined;
  let keeping: AtlasKeeping | undefined;
  let folder = '';
  return {
    memory: () => memory,
    measured: () => atlas,
    networks: () => atlas?.networks(),
    update: (settings, slots) => {
      folder = settings.stateFolder;
      keeping?.update(slots);
      const ways = [mainWay(settings), ...settings.entrances.values()];
      if (memory !== undefined || !ways.some((way) => way !== 'local' && wantsReceipts(way))) return;
      const made = allocateReceipts();
      memory = made;
      atlas = openAtlas(made.atlas, clock.wall);
      keeping = startKeepingAtlas({
        folder: () => folder,
        atlas,
        slots,
        wall: clock.wall,
        journal,
        forgotten: (taken) => {
          dropStubs(made.stubs, taken);
        },
      });
    },
    stop: async () => keeping?.stop(),
  };
};
