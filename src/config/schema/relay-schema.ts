import type { z } from 'zod';
import type { Zod } from '../../unit.ts';
import { byKind } from './by-kind.ts';
import { printDuration } from '../duration.ts';
import { duration } from './leaves.ts';
import { read, refuse } from '../read.ts';
import { parseSize, printSize, SIZE_PATTERN } from '../size.ts';
import { LOCAL_PATHS } from '../local-paths.ts';
import type { RelaySettings } from '../settings.ts';
import { textLeaf } from './text-leaf.ts';

/** How much is carried where the config says no more than that something is. */
export const DEFAULT_RELAY: RelaySettings = {
  connections: 100,
  bytesPerHour: 10e9,
  forMs: 3_600_000,
  webSockets: true,
  paths: [],
  userAgents: [],
  refuse: LOCAL_PATHS,
  connectMs: 2000,
  answerMs: 30_000,
  idleMs: 60_000,
};

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const LEAST_BYTES = 1e6;
const MOST_BYTES = 1e15;

/** The schema of `relay`: who is carried over the primary's own port, and how much of it there is. */
export const relaySchema = (zod: Zod) => {
  const most = zod.int().min(1).max(10_000);
  const timeout = duration(zod, { least: 100, most: DAY });
  const relay = zod.strictObject({
    connections: most
      .prefault(DEFAULT_RELAY.connections)
      .describe(
        'How many requests and WebSockets are carried at the same time, of one network (/24, /48) a quarter of these; more wait up to two seconds, then get a page that says so.',
      ),
    bytes: size(zod)
      .prefault(printSize(DEFAULT_RELAY.bytesPerHour))
      .describe(
        'How many bytes are carried in an hour at most, both ways: half of them at once, the other half as the hour goes on. Once they are used up new visitors get a page that says so, and those under way share what comes in.',
      ),
    for: duration(zod, { least: SECOND, most: 30 * DAY })
      .prefault(printDuration(DEFAULT_RELAY.forMs))
      .describe(
        'How long a visitor who reaches no secondary is carried before the secondaries are tried again.',
      ),
    webSockets: zod
      .boolean()
      .prefault(DEFAULT_RELAY.webSockets)
      .describe('Whether WebSocket handshakes are carried, which browsers let nobody redirect; false: 426.'),
    paths: zod
      .array(pathPattern(zod))
      .max(100)
      .prefault([])
      .describe('Paths that are carried for everybody: exact, or all that begin so with a * at the end.'),
    userAgents: zod
      .array(zod.string().min(1).max(200))
      .max(100)
      .prefault([])
      .describe(
        'Programs that cannot follow a redirect: whoever has one of these in his User-Agent, in any case, is carried.',
      ),
    refuse: zod
      .array(pathPattern(zod))
      .max(100)
      .prefault([...DEFAULT_RELAY.refuse])
      .describe(
        'Paths that are not carried, nor what lies below them: secondaries may show them to local addresses only, and whatever is carried comes from one. Whoever asks for one is sent on. The paths of "load" are never carried, listed or not.',
      ),
    timeouts: zod
      .strictObject({
        connect: timeout
          .prefault(printDuration(DEFAULT_RELAY.connectMs))
          .describe('How long a connection to the secondary may take.'),
        answer: timeout
          .prefault(printDuration(DEFAULT_RELAY.answerMs))
          .describe('How long the secondary may take until its answer begins.'),
        idle: timeout
          .prefault(printDuration(DEFAULT_RELAY.idleMs))
          .describe(
            'How long nothing may be said, by whichever side, until it is cut; ten times as long over a WebSocket, 20 s once one side has ended.',
          ),
      })
      .prefault({})
      .describe('When carrying is given up.'),
  });
  return byKind(zod, 'false or { "connections": 100, "bytes": "10GB", "for": "1h" }', {
    false: zod.literal(false),
    object: relay,
  });
};

const size = (zod: Zod): z.ZodType<number> =>
  textLeaf(zod, { title: 'a size', examples: ['500MB', '10GB', '64GiB'], pattern: SIZE_PATTERN }, (text) => {
    const bytes = parseSize(text);
    if (bytes === undefined) return refuse('is not a size', 'a size such as "500MB", "10GB"');
    const fits = `${JSON.stringify(printSize(LEAST_BYTES))} to ${JSON.stringify(printSize(MOST_BYTES))}`;
    if (bytes < LEAST_BYTES) return refuse('is too small', fits);
    return bytes > MOST_BYTES ? refuse('is too large', fits) : read(bytes);
  });

const pathPattern = (zod: Zod): z.ZodType<string> =>
  textLeaf(zod, { title: 'a path', examples: ['/api/*', '/feed.xml'], pattern: '^/' }, (text) => {
    const fits = 'a path such as "/feed.xml", or "/api/*" for all that begin so';
    if (!text.startsWith('/')) return refuse('does not begin with "/"', JSON.stringify(`/${text}`));
    if (!/^\/[\x21-\x7e]{0,255}$/.test(text) || /[?#]/.test(text)) return refuse('is not a plain path', fits);
    return /\*./.test(text) ? refuse('has a * that is not at its end', fits) : read(text);
  });
