import { fileURLToPath } from 'node:url';
import type { Job, Peer } from './peer.ts';

/** What a server of ours that runs on Node is told of its job. */
export type Told = Pick<Job, 'port' | 'secondaries' | 'affinity'>;

/** Starts the peer's own file, which serves when it is the program: see `toldToServe`. */
export const asProgram =
  (url: string, env: Readonly<Record<string, string>> = {}): Peer['prepare'] =>
  ({ port, secondaries, affinity }) => {
    const told: Told = { port, secondaries, affinity };
    return Promise.resolve({ argv: [process.execPath, fileURLToPath(url), JSON.stringify(told)], env });
  };

/** What the program was told. */
export const toldToServe = (): Told => JSON.parse(process.argv[2] ?? '') as Told;
