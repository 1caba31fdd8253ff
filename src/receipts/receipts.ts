import { networkOf } from '../model/network.ts';
import { allocateAtlas, openAtlas, type Atlas, type Measured } from './atlas.ts';
import { readReceipt } from './read-receipt.ts';
import { boundMoves } from './moves.ts';
import { allocateStubs, openStubs, type Kept, type Nonce, type Stub } from './stubs.ts';

/** The shared memory of everything that has to do with receipts, of fixed size. */
export interface ReceiptsMemory {
  readonly atlas: SharedArrayBuffer;
  readonly stubs: SharedArrayBuffer;
}

export const allocateReceipts = (): ReceiptsMemory => ({ atlas: allocateAtlas(), stubs: allocateStubs() });

/** What a receipt comes to. */
export interface Taken {
  readonly stub: Kept;
  /** the slot of the secondary that the visitor went to */
  readonly went: number;
  /** what it says was learned; else the network has told more than it may just now */
  readonly isLearned: boolean;
  /** he went elsewhere than he was sent, soon enough, and his network has not said so too often: he counts there */
  readonly isMoved: boolean;
}

/** Whoever says later where he went is counted where he was sent. */
const SOON_MS = 10_000;

/** Hands out pages that visitors' browsers measure with, and takes in what they measured. */
export interface Receipts {
  readonly atlas: Atlas;
  /**
   * A page that names these secondaries goes to a visitor at this address.
   *
   * @returns what its script puts into the receipt; `undefined`: nobody knows where he is, so none is wanted
   */
  readonly handOut: (address: string, page: Omit<Stub, 'network'>) => string | undefined;
  /**
   * Takes a receipt in.
   *
   * @param query of the request that brings it
   * @param address of the visitor
   */
  readonly takeIn: (query: string, address: string) => Taken | 'malformed' | 'unknown';
}

export const openReceipts = (
  { atlas: atlasMemory, stubs: stubsMemory }: ReceiptsMemory,
  { wall, nonce }: { readonly wall: () => number; readonly nonce: Nonce },
): Receipts => {
  const atlas = openAtlas(atlasMemory, wall);
  const stubs = openStubs(stubsMemory, { wall, nonce });
  const mayMove = boundMoves(wall);
  return {
    atlas,
    handOut: (address, page) => {
      const network = networkOf(address);
      if (network < 0) return undefined;
      atlas.asked(network);
      return stubs.keep({ ...page, network });
    },
    takeIn: (query, address) => {
      const receipt = readReceipt(query);
      if (receipt === undefined) return 'malformed';
      const stub = stubs.take(receipt.name, networkOf(address));
      const went = stub?.slots[receipt.went];
      if (stub === undefined || went === undefined) return 'unknown';
      const measured = receipt.measured.flatMap((measure, place): Measured[] => {
        const slot = stub.slots[place];
        return measure === undefined || slot === undefined ? [] : [{ ...measure, slot }];
      });
      const isLearned = measured.length > 0 && atlas.learn(stub.network, measured);
      const isMoved = went !== stub.slots[0] && stub.ageMs <= SOON_MS && mayMove(stub.network);
      return { stub, went, isLearned, isMoved };
    },
  };
};
