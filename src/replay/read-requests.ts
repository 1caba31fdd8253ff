import type { Clock } from '../model/clock.ts';
import type { MergeCount } from '../mergelogs/counts.ts';
import { fileSource } from '../mergelogs/file-source.ts';
import { createTimeReader } from '../mergelogs/log-time.ts';
import { mergeLogs } from '../mergelogs/merge.ts';
import { crowdIn } from '../mergelogs/scratch.ts';
import { laneSize } from '../mergelogs/size.ts';
import { streamSource } from '../mergelogs/stream-source.ts';
import { NO_VISIT, readLogLine } from '../report/log-line.ts';
import type { LoggedRequest } from './replay.ts';

/** So long nobody else has a turn; of a large pool a single request may take longer. */
const TURN_MS = 20;

/**
 * Reads logs in common or combined format, plain or gzip, several as one in the order of time, and hands over every
 * request. Lines that are none are counted. `-` is standard input.
 */
export const readRequests = async (
  files: readonly { readonly file: string; readonly path: string }[],
  {
    clock,
    take,
    onProgress,
  }: {
    readonly clock: Clock;
    readonly take: (request: LoggedRequest) => void;
    readonly onProgress: (taken: number) => void;
  },
): Promise<MergeCount & { readonly others: number }> => {
  const readTime = createTimeReader();
  let turnAt = clock.now();
  let others = 0;
  const put = (bytes: Buffer, from: number, to: number): boolean => {
    const line = bytes.toString('latin1', from, to).trimEnd();
    const read = readLogLine(line);
    if (read === undefined) others += 1;
    else if (read !== NO_VISIT) {
      const { address, agent, tookMs } = read;
      const at = readTime(bytes, from, to);
      take({ at, address, agent, target: targetIn(line), ...(tookMs !== undefined && { tookMs }) });
    }
    return clock.now() - turnAt < TURN_MS;
  };
  const flush = async (): Promise<void> => {
    await new Promise((done) => setImmediate(done));
    turnAt = clock.now();
  };
  const count = await mergeLogs({
    sources: files.map(({ file, path }) =>
      file === '-' ? streamSource('-', process.stdin) : fileSource(path, file),
    ),
    outlet: { put, flush },
    size: laneSize(files.length),
    keepsUnread: false,
    crowd: crowdIn(process.env),
    onProgress,
  });
  return { ...count, others };
};

/** What was asked for, in `"GET /x HTTP/1.1"`. */
const targetIn = (line: string): string => /\] "\S+ (\S+)/.exec(line)?.[1] ?? '/';
