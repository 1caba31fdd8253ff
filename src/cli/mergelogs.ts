import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { readEndpoint } from '../config/endpoint.ts';
import { ActionableError } from '../errors.ts';
import { keepHeapSmall } from '../heap.ts';
import { fileSource } from '../mergelogs/file-source.ts';
import { mergeLogs } from '../mergelogs/merge.ts';
import { askNameServers, createNames } from '../mergelogs/names.ts';
import { createNamingOutlet } from '../mergelogs/naming-outlet.ts';
import { createOutlet } from '../mergelogs/outlet.ts';
import { fileSink, ReaderGone, streamSink, type Sink } from '../mergelogs/sink.ts';
import { inSentences } from '../mergelogs/in-sentences.ts';
import { createProgress } from '../mergelogs/progress.ts';
import { crowdIn } from '../mergelogs/scratch.ts';
import { laneSize } from '../mergelogs/size.ts';
import type { Source } from '../mergelogs/source.ts';
import { streamSource } from '../mergelogs/stream-source.ts';
import type { Command } from './command.ts';
import { logBytes } from '../mergelogs/log-bytes.ts';
import { readOptions } from './options.ts';

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  'keep-unread': { type: 'boolean' },
  resolve: { type: 'boolean' },
  dns: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `usher mergelogs`: the logs of several web servers as one. */
export const mergelogs: Command = {
  summary: 'Merges access logs into one, in the order of time.',
  usage: 'usher mergelogs FILE... [--output FILE] [--keep-unread] [--resolve [--dns ADDRESS]] [--json]',
  help: `
  FILE            a log in combined or common format, plain or gzip; - is standard input
  --output FILE   where the lines go; without it standard output
  --keep-unread   keeps lines whose time cannot be read, behind the line before them; else they are left out
  --resolve       adds host=NAME to the lines of visitors whose addresses have names, 64 lookups at a time
  --dns ADDRESS   the name server to ask, such as 192.168.1.1 or 127.0.0.1:5353; without it the machine's own
  --json          the counts as JSON on standard error

Lines of one time come in the order of the files. A web server writes a line when an answer ends, with the time when
it began: among 1024 lines of a file such disorder is put right, with more than six files among fewer (some hundred of
sixty files, some 35 of hundreds); beyond that lines come where they were found and are counted as late. No matter how
large the logs are and how many, they take less than 100 MB of memory (a thousand gzip files of the same time 150); a
line may be 1 MiB long, less with more than six files. Where more than 480 are of the same time (of gzip files 32),
some are merged into files without a name in TMPDIR (or /var/tmp) first, and lines of one time may come in another
order of files. What was left out is told on standard error.

Exit code 1 if a file could not be read, or not to its end; what could be read is there.

  usher mergelogs web1/access.log web2/access.log.gz --output all.log
  ssh web3 cat /var/log/nginx/access.log | usher mergelogs - web1.log | goaccess - --log-format=COMBINED`,
  run: async (args, io) => {
    const { values, positionals: files } = readOptions(args, OPTIONS, { ...mergelogs, words: Infinity });
    const { output, dns } = values;
    const keepsUnread = values['keep-unread'] === true;
    const asking = nameServers(dns, { isWanted: values.resolve === true });
    if (files.length === 0) throw wrong('No log is named.');
    if (files.filter((file) => file === '-').length > 1) throw wrong('Standard input can be read only once.');
    const paths = files.map((file) => (file === '-' ? '-' : resolve(io.cwd, file)));
    if (output !== undefined) await refuseOverwriting(resolve(io.cwd, output), paths, output);

    keepHeapSmall();
    const size = laneSize(files.length);
    const sink = output === undefined ? streamSink(process.stdout) : await fileSink(resolve(io.cwd, output));
    const names = asking === undefined ? undefined : createNames(asking.lookUp);
    const outlet =
      names === undefined
        ? createOutlet(sink.write, size.longest)
        : createNamingOutlet(sink.write, { names, longest: size.longest });
    const total = logBytes(paths);
    const progress = createProgress({
      write: process.stderr.isTTY ? io.err : () => undefined,
      clock: systemClock(),
      ...(total === undefined ? {} : { total }),
    });
    const heed = abandonOnSignal(sink);
    try {
      const count = await mergeLogs({
        sources: files.map((file, at) => sourceOf(file, paths[at] ?? file)),
        outlet,
        ...{ size, keepsUnread, crowd: crowdIn(io.env) },
        onProgress: progress.show,
      });
      await sink.finish();
      progress.clear();
      io.err(values.json === true ? `${JSON.stringify(count)}\n` : inSentences(count, { keepsUnread }));
      if (names?.isGivenUp() === true)
        io.err('usher: no name server answers; the last lines have no names.\n');
      return count.files.some(({ error }) => error !== undefined) ? 1 : 0;
    } catch (error) {
      progress.clear();
      await sink.abandon();
      // A reader that has seen enough (`usher mergelogs … | head`) is no error.
      if (error instanceof ReaderGone) return 0;
      throw error;
    } finally {
      heed.stop();
      asking?.stop();
    }
  },
};

const wrong = (what: string): ActionableError => new ActionableError(what, `usage: ${mergelogs.usage}`, 2);

const nameServers = (
  dns: string | undefined,
  { isWanted }: { readonly isWanted: boolean },
): ReturnType<typeof askNameServers> | undefined => {
  if (dns === undefined) return isWanted ? askNameServers({}) : undefined;
  if (!isWanted) throw wrong('--dns says whom to ask for names, but --resolve is not there.');
  const endpoint = readEndpoint(dns);
  const address = endpoint.ok ? endpoint.value.host.replace(/^\[(.*)\]$/, '$1') : '';
  if (!endpoint.ok || isIP(address) === 0) throw wrong(`${dns} is not the address of a name server.`);
  const { host, port } = endpoint.value;
  return askNameServers({ servers: [port === undefined ? address : `${host}:${port}`] });
};

const sourceOf = (file: string, path: string): Source =>
  file === '-' ? streamSource('-', process.stdin) : fileSource(path, file);

/** A log may not be written over while it is read, whatever names it goes by. */
const refuseOverwriting = async (output: string, paths: readonly string[], name: string): Promise<void> => {
  const there = await stat(output).catch(() => undefined);
  if (there?.isFile() !== true) return;
  for (const path of paths) {
    const log = path === '-' ? undefined : await stat(path).catch(() => undefined);
    if (log?.dev !== there.dev || log.ino !== there.ino) continue;
    throw new ActionableError(`${name} is one of the logs.`, 'Name another file for the output.', 2);
  }
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Lets a signal end the program as it would, but takes back what was written in vain. */
const abandonOnSignal = (sink: Sink): { readonly stop: () => void } => {
  const end = (signal: NodeJS.Signals): void => {
    stop();
    void sink.abandon();
    process.kill(process.pid, signal);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return { stop };
};
