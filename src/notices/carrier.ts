import type { NoticeSettings } from '../config/settings.ts';
import type { Entry } from '../journal.ts';
import type { Origin } from '../model/secondary.ts';
import { printable } from '../wire/printable.ts';
import type { Failed, Wire } from '../wire/wire.ts';
import type { Carrier } from './notices.ts';
import type { Notice } from './outbox.ts';

export interface CarrierOptions {
  readonly wire: Pick<Wire, 'ask' | 'run'>;
  /** an event for people; may hold text from outside */
  readonly words: (entry: Entry) => string;
  readonly version: string;
  /** name of this machine */
  readonly host: string;
}

/** Longer texts are cut: some of those who show them refuse more. */
const MOST_TEXT = 3000;

/**
 * Carries notices by HTTP and by programs. Both get the same JSON: `{ text, lost, version, host, events }`. Text from
 * outside is only ever data: the body of a request, the standard input of a program, a value of its environment.
 */
export const createCarrier =
  (options: CarrierOptions): Carrier =>
  async ({ to, timeoutMs }, notice) => {
    const { wire } = options;
    const text = textOf(notice, options);
    const json = jsonOf(notice, text, options);
    if (to.kind === 'webhook') return post(to, { json, timeoutMs, wire });
    const [first] = notice.entries;
    const ran = await wire.run({
      argv: to.argv,
      input: `${json}\n`,
      env: {
        USHER_EVENT: first?.type ?? '',
        USHER_SECONDARY: first !== undefined && 'secondary' in first ? first.secondary : '',
        USHER_TEXT: text,
      },
      timeoutMs,
    });
    if (!ran.ok) return wordsOf(ran);
    const complaint = printable(ran.complaint);
    return ran.code === 0 ? undefined : `exit ${ran.code}${complaint === '' ? '' : `: ${complaint}`}`;
  };

type Webhook = Extract<NoticeSettings['to'], { readonly kind: 'webhook' }>;

interface Posting {
  readonly json: string;
  readonly timeoutMs: number;
  readonly wire: Pick<Wire, 'ask'>;
}

const post = async (
  { url, headers }: Webhook,
  { json, timeoutMs, wire }: Posting,
): Promise<string | undefined> => {
  const { origin, pathname, search } = new URL(url);
  const answer = await wire.ask({
    at: origin as Origin,
    path: pathname + search,
    method: 'POST',
    headers: { 'user-agent': 'usher', 'content-type': 'application/json', ...headers },
    body: json,
    timeoutMs,
    whenLonger: 'cut',
  });
  if (!answer.ok) return wordsOf(answer);
  return answer.status >= 200 && answer.status <= 299 ? undefined : `HTTP ${answer.status}`;
};

const wordsOf = ({ failure, detail }: Failed): string => `${failure}: ${detail}`;

/** A line an event. */
const textOf = ({ entries, lost }: Notice, { words }: CarrierOptions): string => {
  const lines = entries.map((entry) => printable(words(entry)));
  if (lost > 0) lines.unshift(`${lost} earlier events could not be told.`);
  const text = lines.join('\n');
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 3)}...`;
};

const jsonOf = ({ entries, lost }: Notice, text: string, { words, version, host }: CarrierOptions): string =>
  JSON.stringify({
    text,
    lost,
    version,
    host,
    events: entries.map((entry) => ({ ...entry, words: printable(words(entry)) })),
  });
