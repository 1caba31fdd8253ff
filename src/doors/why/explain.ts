import { isIP } from 'node:net';
import type { ChecksFrom, Settings } from '../../config/settings.ts';
import { locate } from '../../deliveries/locate.ts';
import { avoidedAmong, decide } from '../../dispatch/decide.ts';
import { createWays, landingOf, mainWay, type WayIn } from '../../dispatch/entrances.ts';
import { plainAddress } from '../../dispatch/visit/proxies.ts';
import { readVisit, visitReader, type Refusal } from '../../dispatch/visit/visit.ts';
import { createVisitorsRoster } from '../../dispatch/roster/visitors-roster.ts';
import type { Clock, Dice } from '../../model/clock.ts';
import type { Decision } from '../../model/decision.ts';
import { unbracketed } from '../../model/ip-literal.ts';
import { pathOf } from '../../model/path-of.ts';
import type { Draw, LedgerView, NearnessView } from '../../model/policy.ts';
import type { PoolSnapshot } from '../../model/pool.ts';
import type { Id } from '../../model/secondary.ts';
import type { Visit } from '../../model/visit.ts';
import { policies } from '../../policies/index.ts';
import { makeFrom } from '../../unit.ts';
import { nearness } from './nearness.ts';
import { seenRows, whyNot, type SeenRow } from './seen-rows.ts';
import { nameFor, readCookie, type CookieFound } from './read-cookie.ts';

/** The visitor that one asks about. */
export interface Wanted {
  /** the target he asks for */
  readonly path: string;
  readonly from: string;
  /** the value of his cookie, or the whole Cookie header */
  readonly cookie?: string | undefined;
  readonly host?: string | undefined;
}

/** What the decision for a visitor would be made of now. */
export interface ExplainSources {
  readonly settings: Settings;
  readonly slots: ReadonlyMap<Id, number>;
  readonly ledger: LedgerView;
  /** The next ticket of a way in (0 the main one, then the entrances in their order) for those who find that roster. */
  readonly nextTicket: (way: number, whose: number) => number;
  /** What is known of the pool where such checks are wanted, with what was learned of it; and how, in words. */
  readonly known: (
    checks: ChecksFrom,
  ) => Promise<{ readonly snapshot: PoolSnapshot; readonly words: string }>;
  /** what networks measured, as the running primary knows it; absent: its file tells */
  readonly measured?: () => NearnessView | undefined;
  readonly clock: Clock;
  readonly dice: Dice;
}

/** The decision for a visitor who would come now. Plain data. */
export interface Explained {
  readonly decision: Decision['kind'];
  readonly secondary?: string;
  readonly because?: string;
  readonly location?: string;
  /** what became of his cookie; absent: he has none */
  readonly cookie?: string;
  readonly secondaries: readonly SeenRow[];
  /** where what is known comes from; goes on after "known" */
  readonly known: string;
}

/** A visitor who is answered without a decision: why, in a sentence, and whether the primary refuses him. */
export interface Undecided {
  readonly words: string;
  readonly isRefused: boolean;
}

/** Whom a visitor would be sent to now, and why nobody else. Changes nothing. */
export const explainVisit = async (
  wanted: Wanted,
  sources: ExplainSources,
): Promise<Explained | Undecided> => {
  const { settings, slots, ledger, nextTicket, known, clock, dice } = sources;
  if (isIP(unbracketed(wanted.from)) === 0) {
    return { words: `${wanted.from} is no address.`, isRefused: true };
  }
  const visit = visitOf(settings, { ...wanted, from: unbracketed(wanted.from) });
  if (typeof visit === 'string') {
    return { words: `The primary refuses such a request: ${REFUSED[visit]}.`, isRefused: true };
  }
  const entrance: WayIn = createWays(settings.entrances, mainWay(settings))(visit.target);
  if (entrance === 'own') {
    return { words: `${visit.target} is Usher's own; nobody is chosen.`, isRefused: false };
  }
  if (entrance === 'local') {
    return {
      words: `${visit.target} is a file of the primary itself (${settings.siteFolder}); nobody is chosen.`,
      isRefused: false,
    };
  }
  const { snapshot, words } = await known(entrance.checks);
  const policy = makeFrom(policies, entrance.policy);
  const near =
    entrance.policy.name === 'nearest'
      ? await nearness({ settings, slots, measured: sources.measured?.(), clock })
      : undefined;
  const roster = createVisitorsRoster(
    {
      secondaries: settings.secondaries.map((secondary) => {
        const place = near?.placeOf(secondary);
        return place === undefined ? secondary : { ...secondary, place };
      }),
      slots,
      slowReturnMs: settings.checks.slowReturnMs,
      whenAllDown: settings.whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
      ledger,
      clock,
    },
    settings.lan,
  ).of(snapshot, visit);
  const cookie = await readCookie({ settings, visit, entrance, wallMs: clock.wall() });
  const way = [...settings.entrances.keys()].indexOf(pathOf(visit.target)) + 1;
  const ticket = nextTicket(way, roster.whose);
  const draw: Draw = { visit, ticket, dice, now: clock.now(), ledger, ...near };
  const because = entrance.policy.name;
  const decision = decide({
    roster,
    bound: cookie?.id,
    policy,
    because,
    draw: () => draw,
    avoid: visit.avoid,
  });
  const prepared = roster.prepared(policy);
  return {
    decision: decision.kind,
    ...(decision.kind === 'none'
      ? {}
      : {
          secondary: decision.candidate.secondary.id,
          because: decision.because,
          location: locate(
            decision.candidate.secondary.address,
            visit.host,
            landingOf(settings, visit.target),
          ),
        }),
    ...(cookie === undefined ? {} : { cookie: becameOf(cookie, decision) }),
    secondaries: seenRows({
      ...{ secondaries: settings.secondaries, snapshot, roster, now: draw.now },
      avoided: avoidedAmong(roster.candidates, visit.avoid),
      decided:
        decision.kind === 'none' ? undefined : { id: decision.candidate.secondary.id, kind: decision.kind },
      score: (candidate) => prepared?.score?.(candidate, draw),
    }),
    known: words,
  };
};

const visitOf = (settings: Settings, { path, from, cookie = '', host }: Wanted): Visit | Refusal => {
  const { listen, affinity, names } = settings;
  const isOverTls = cookie.startsWith('__Host-') && listen.some(({ tls }) => tls !== undefined);
  const isSecure = isOverTls || listen.every(({ tls }) => tls !== undefined);
  const name = nameFor(isSecure ? 'https' : 'http', affinity === false ? 'usher' : affinity.cookie);
  return readVisit(
    {
      method: 'GET',
      url: path,
      version: '1.1',
      isSecure,
      hosts: [host ?? names?.[0] ?? 'localhost'],
      cookie: cookie === '' || cookie.includes('=') ? cookie : `${name}=${cookie}`,
      hasBody: false,
      upgrade: '',
      forwardedFor: '',
      forwardedProto: '',
      forwardedHost: '',
      userAgent: '',
      referer: '',
      accept: '',
      dest: '',
      prefer: '',
      origin: '',
      requestedMethod: '',
      requestedHeaders: '',
      site: '',
      purpose: '',
      isReload: false,
      peer: () => plainAddress(from),
    },
    visitReader(settings),
  );
};

/** What an arrival is refused for, as one can ask for it. */
const REFUSED: Readonly<Record<Refusal, string>> = {
  'bad-target': 'its target does not begin with "/", or holds what no browser sends there (400)',
  'bad-host': 'its host is none (400)',
  'not-our-name': 'its host is not among the "names" of the config (421)',
  trace: 'TRACE is not answered (405)',
  websocket: 'a browser does not follow the redirect of a WebSocket (426)',
};

/** What became of a cookie: he goes back, or why he does not. */
const becameOf = ({ id, words }: CookieFound, decision: Decision): string => {
  if (id === undefined) return words;
  if (decision.kind === 'kept') return `${words}: he goes back there`;
  const rejected = decision.rejected.find((each) => each.id === id);
  return `${words}, which cannot keep him${rejected === undefined ? '' : ` (${whyNot(rejected)})`}`;
};
