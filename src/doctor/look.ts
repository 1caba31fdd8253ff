import { checks } from '../checks/index.ts';
import type { SecondarySettings } from '../config/settings.ts';
import { loads } from '../loads/index.ts';
import { unbracketed } from '../model/ip-literal.ts';
import { originOf } from '../model/origin.ts';
import type { Origin } from '../model/secondary.ts';
import { makeFrom } from '../unit.ts';
import { certificateAt } from '../wire/certificate.ts';
import { placeOf } from '../wire/place.ts';
import type { HttpQuestion, Wire } from '../wire/wire.ts';
import type { Look, Seen } from './facts.ts';
import { isThrough, marked } from './guard.ts';
import { isUsher, NOTHING_HERE } from './is-usher.ts';
import { linkedFolders } from './linked-folders.ts';
import { asCarried, STATUS_PATHS } from './local-pages.ts';
import { whereTo } from './where-to.ts';

/** The longest that one question may take, whatever the config allows. */
const MOST_MS = 5000;
/** Redirects followed within the secondary, to see a page. */
const MOST_STEPS = 2;

/** What looking needs. */
export interface Looking {
  readonly wire: Wire;
  /** the name that visitors are taken to have typed */
  readonly host: string;
  readonly landing: string;
  /** whether visits are carried */
  readonly isCarried: boolean;
  readonly until: AbortSignal;
}

/** Where a visitor who typed this name finds the secondary. */
export const visitedAt = ({ address }: SecondarySettings, host: string): Origin =>
  address.kind === 'own' ? address.origin : originOf(address.scheme, host, address.port);

/** Looks at one secondary as a visitor would meet it, from where the primary reaches it. */
export const lookAt = async (secondary: SecondarySettings, looking: Looking): Promise<Look> => {
  const { wire, host, landing, isCarried, until } = looking;
  const visited = visitedAt(secondary, host);
  const { id, at } = secondary;
  const timeoutMs = Math.min(secondary.timeoutMs, MOST_MS);
  const name = placeOf(visited).host;
  const question = {
    at,
    timeoutMs,
    headers: {
      host: visited.replace(/^\w+:\/\//, ''),
      'user-agent': 'usher-doctor',
      accept: 'text/html,*/*',
    },
    serverName: name,
    whenLonger: 'cut',
  } as const;
  const ask = asking(wire, question);

  const subject = { id, at, timeoutMs };
  const door = placeOf(at);
  const [ping, load, certificate, pages] = await Promise.all([
    makeFrom(checks, secondary.ping)(subject, wire),
    secondary.load === undefined ? undefined : makeFrom(loads, secondary.load)(subject, wire),
    door.scheme === 'https'
      ? certificateAt({ host: door.host, port: door.port, name: unbracketed(name) }, timeoutMs, until)
      : undefined,
    pagesFrom(landing, visited, ask),
  ]);
  const last = pages.at(-1);
  const isThere = last?.answer.ok === true;
  const own = isThere ? await ask(NOTHING_HERE) : undefined;
  const folders: Seen[] = [];
  for (const path of foldersOn(last)) folders.push(await ask(path));
  const forwarded = { ...question.headers, ...asCarried(question.headers.host) };
  const askAsCarried = asking(wire, { ...question, headers: forwarded });
  const local = isThere && isCarried ? await Promise.all(STATUS_PATHS.map(askAsCarried)) : [];
  return {
    secondary,
    visited,
    ping,
    pages,
    folders,
    local,
    isUsher: own !== undefined && isUsher(own.answer),
    ...(load === undefined ? {} : { load }),
    ...(certificate === undefined ? {} : { certificate }),
  };
};

type Ask = (path: string) => Promise<Seen>;

const asking =
  (wire: Wire, question: Omit<HttpQuestion, 'path'>): Ask =>
  async (path) => {
    const askedAt = wire.clock.wall();
    const answer = await wire.ask({ ...question, path });
    return { path, answer, askedAt, cameAt: wire.clock.wall() };
  };

const foldersOn = (page: Seen | undefined): readonly string[] =>
  page?.answer.ok === true ? linkedFolders(page.answer.body, page.path) : [];

/** The page, and those that it redirects to within the secondary; past a guard as one whom the primary sent. */
const pagesFrom = async (landing: string, visited: Origin, ask: Ask): Promise<readonly Seen[]> => {
  const pages: Seen[] = [];
  for (let path: string | undefined = landing; path !== undefined && pages.length <= MOST_STEPS;) {
    const seen: Seen = await ask(path);
    pages.push(seen);
    const to = whereTo(seen, visited);
    if (to?.origin === visited) path = to.pathname + to.search;
    else path = to !== undefined && isThrough(to) ? marked(path) : undefined;
  }
  return pages;
};
