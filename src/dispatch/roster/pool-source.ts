import type { PoolSnapshot } from '../../model/pool.ts';

/** What is known of the pool now; a promise only where somebody has to be asked first. */
export type PoolSource = () => PoolSnapshot | Promise<PoolSnapshot>;

/** The sources there are, by the word of the config. */
export type PoolSources = Readonly<Record<'none' | 'live' | 'cached', PoolSource>>;
