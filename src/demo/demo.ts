import type { View } from '../deliveries/views.ts';
import type { Clock } from '../model/clock.ts';
import { startDemoSecondary, type DemoData, type DemoSecondary } from './secondary.ts';

/** What the demo is started with. */
export interface DemoOptions {
  /** a sample secondary is started on each */
  readonly hostPorts: readonly number[];
  /** absent: every address of the machine */
  readonly host?: string;
  /** where the primary listens on the same host */
  readonly primaryPort: number;
  readonly view: View<DemoData>;
  readonly clock: Clock;
}

/** Sample secondaries that run. */
export interface Demo {
  readonly secondaries: readonly DemoSecondary[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts the sample secondaries of the demo; all of them or none.
 *
 * @throws {ActionableError} where one cannot listen on its port
 */
export const startDemo = async ({ hostPorts, ...shared }: DemoOptions): Promise<Demo> => {
  const starts = await Promise.allSettled(
    hostPorts.map((port) => startDemoSecondary({ name: `web${port}`, port, ...shared })),
  );
  const secondaries = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(secondaries.map((secondary) => secondary.stop()));
  };
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed === undefined) return { secondaries, stop };
  await stop();
  throw failed.reason;
};
