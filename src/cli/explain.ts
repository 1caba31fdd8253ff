import { isIP } from 'node:net';
import { systemClock, systemDice } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import { withEnds } from '../config/taken-out.ts';
import { locate } from '../deliveries/locate.ts';
import { avoidedAmong, decide } from '../dispatch/decide.ts';
import { openBook } from '../dispatch/book.ts';
import { createLearner } from '../monitor/learner.ts';
import { createWays, landingOf, mainWay, type WayIn } from '../dispatch/entrances.ts';
import type { Roster } from '../dispatch/roster.ts';
import { createVisitorsRoster } from '../dispatch/visitors-roster.ts';
import { readVisit, visitReader, type Refusal } from '../dispatch/visit.ts';
import { ActionableError } from '../errors.ts';
import type { Decision } from '../model/decision.ts';
import { unbracketed } from '../model/ip-literal.ts';
import type { Draw, Policy } from '../model/policy.ts';
import type { PoolSnapshot } from '../model/pool.ts';
import type { Visit } from '../model/visit.ts';
import { policies } from '../policies/index.ts';
import { makeFrom } from '../unit.ts';
import { becauseOf } from '../verdicts/because.ts';
import type { Command } from './command.ts';
import { nameFor, readCookie, type CookieFound } from './explain-cookie.ts';
import { knowledge } from './knowledge.ts';
import { explainId } from './explain-id.ts';
import { nearness } from './nearness.ts';
import { loadSettings } from './load-settings.ts';
import { readOptions } from './options.ts';
import { table } from './table.ts';

/** `usher explain`: the decision for one visitor, and why. */
export const explain: Command = {
  summary: 'Says whom a visitor would be sent to, and why nobody else.',
  usage:
    'usher explain [--path /x] [--from 203.0.113.9] [--cookie V] [--host NAME] [--config usher.json] [--json]\n       usher explain --id DECISION [--config usher.json | --admin URL] [--json]',
  help: `
  --path /x          the target he asks for; / by default
  --from ADDRESS     his address; 127.0.0.1 by default
  --cookie VALUE     the value of his cookie, or the whole Cookie header
  --host NAME        the host he asks for; the first of "names", or localhost
  --config FILE      the config; without it usher.json in this folder
  --json             the decision as JSON
  --id DECISION      a decision that a running Usher made; with "debug" each answer names its own: X-Usher-Decision
  --admin URL        with --id: the admin door to ask, such as http://127.0.0.1:8079; no config is read then

What is known of the secondaries is read from the two files where they are fresh, else asked now. What only a running
primary knows, whom it sent where since, counts as nothing here. Exit code 1 if nobody can take him.`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, explain);
    if (values.id !== undefined) return explainId({ ...values, id: values.id }, { usage: explain.usage, io });
    const from = unbracketed(values.from);
    if (isIP(from) === 0) {
      throw new ActionableError(
        `--from ${values.from} is no address.`,
        `An IPv4 or IPv6 address fits, such as 203.0.113.9.\n       usage: ${explain.usage}`,
        2,
      );
    }
    const settings = withEnds((await loadSettings(values.config, io)).settings, systemClock().wall());
    const visit = visitOf(settings, { ...values, from });
    const entrance: WayIn = createWays(settings.entrances, mainWay(settings))(visit.target);
    if (entrance === 'own') {
      io.out(`${visit.target} is Usher's own; nobody is chosen.\n`);
      return 0;
    }
    if (entrance === 'local') {
      io.out(`${visit.target} is a file of the primary itself (${settings.siteFolder}); nobody is chosen.\n`);
      return 0;
    }
    const { snapshot, words } = await knowledge(settings, entrance.checks);
    const explained = await explainVisit({ settings, visit, snapshot, entrance });
    io.out(
      values.json === true
        ? `${JSON.stringify({ ...explained, known: words }, undefined, 2)}\n`
        : print(explained, words),
    );
    return explained.decision === 'none' ? 1 : 0;
  },
};

const OPTIONS = {
  path: { type: 'string', default: '/' },
  from: { type: 'string', default: '127.0.0.1' },
  cookie: { type: 'string' },
  host: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
  id: { type: 'string' },
  admin: { type: 'string' },
} as const;

interface Wanted {
  readonly path: string;
  readonly from: string;
  readonly cookie?: string | undefined;
  readonly host?: string | undefined;
}

const visitOf = (settings: Settings, { path, from, cookie = '', host }: Wanted): Visit => {
  const { listen, affinity, names } = settings;
  const isOverTls = cookie.startsWith('__Host-') && listen.some(({ tls }) => tls !== undefined);
  const isSecure = isOverTls || listen.every(({ tls }) => tls !== undefined);
  const name = nameFor(isSecure ? 'https' : 'http', affinity === false ? 'usher' : affinity.cookie);
  const visit = readVisit(
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
      peer: () => from,
    },
    visitReader(settings),
  );
  if (typeof visit !== 'string') return visit;
  throw new ActionableError(
    `The primary refuses such a request: ${REFUSED[visit]}.`,
    `usage: ${explain.usage}`,
  );
};

/** What an arrival is refused for, as `explain` can ask for it. */
const REFUSED: Readonly<Record<Refusal, string>> = {
  'bad-target': 'its target does not begin with "/", or holds what no browser sends there (400)',
  'bad-host': 'its host is none (400)',
  'not-our-name': 'its host is not among the "names" of the config (421)',
  trace: 'TRACE is not answered (405)',
  websocket: 'a browser does not follow the redirect of a WebSocket (426)',
};

interface Explained {
  readonly decision: Decision['kind'];
  readonly secondary?: string;
  readonly because?: string;
  readonly location?: string;
  /** what became of his cookie; absent: he has none */
  readonly cookie?: string;
  readonly secondaries: readonly {
    readonly id: string;
    readonly what: string;
    readonly state: string;
    readonly health: string;
    readonly weight?: number;
    readonly score?: number;
    readonly why: string;
  }[];
}

interface Question {
  readonly settings: Settings;
  readonly visit: Visit;
  readonly snapshot: PoolSnapshot;
  readonly entrance: Exclude<WayIn, 'local' | 'own'>;
}

const explainVisit = async ({ settings, visit, snapshot: known, entrance }: Question): Promise<Explained> => {
  const clock = systemClock();
  const { slots, ledger } = openBook(settings.secondaries, { threads: 1 });
  const policy = makeFrom(policies, entrance.policy);
  const near = entrance.policy.name === 'nearest' ? await nearness(settings, slots) : undefined;
  const secondaries = settings.secondaries.map((secondary) => {
    const place = near?.placeOf(secondary);
    return place === undefined ? secondary : { ...secondary, place };
  });
  const snapshot = createLearner({ clock, pool: () => ({ secondaries, slots, ledger }) })(known);
  const roster = createVisitorsRoster(
    {
      secondaries,
      slots,
      slowReturnMs: settings.checks.slowReturnMs,
      whenAllDown: settings.whenAllDown.kind === 'anyone' ? 'anyone' : 'nobody',
      ledger,
      clock,
    },
    settings.lan,
  ).of(snapshot, visit);
  const cookie = await readCookie({ settings, visit, entrance, wallMs: clock.wall() });
  const draw: Draw = { visit, ticket: 0, dice: systemDice, now: clock.now(), ledger, ...near };
  const because = entrance.policy.name;
  const decision = decide({
    roster,
    bound: cookie?.id,
    policy,
    because,
    draw: () => draw,
    avoid: visit.avoid,
  });
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
    secondaries: rowsOf(settings, { snapshot, roster, policy, draw, decision }),
  };
};

/** What became of a cookie: he goes back, or why he does not. */
const becameOf = ({ id, words }: CookieFound, decision: Decision): string => {
  if (id === undefined) return words;
  if (decision.kind === 'kept') return `${words}: he goes back there`;
  const rejected = decision.rejected.find((each) => each.id === id);
  return `${words}, which cannot keep him${rejected === undefined ? '' : ` (${whyNot(rejected)})`}`;
};

interface Facts {
  readonly snapshot: PoolSnapshot;
  readonly roster: Roster;
  readonly policy: Policy;
  readonly draw: Draw;
  readonly decision: Decision;
}

const rowsOf = (settings: Settings, facts: Facts): Explained['secondaries'] => {
  const { snapshot, roster, policy, draw, decision } = facts;
  const prepared = roster.prepared(policy);
  const avoided = avoidedAmong(roster.candidates, draw.visit.avoid);
  const rejected = new Map([...avoided, ...roster.rejected].map((each) => [each.id, each]));
  const chosenId = decision.kind === 'none' ? undefined : decision.candidate.secondary.id;
  return settings.secondaries.map(({ id, state }) => {
    const verdict = snapshot.standings.get(id)?.verdict;
    const candidate = roster.candidates.find(({ secondary }) => secondary.id === id);
    const score = candidate === undefined ? undefined : prepared?.score?.(candidate, draw);
    const passedOver = rejected.get(id);
    return {
      id,
      what: id === chosenId ? decision.kind : candidate === undefined ? 'passed over' : 'could serve',
      state,
      health: verdict?.health ?? 'unknown',
      ...(candidate === undefined ? {} : { weight: Math.round(candidate.weight * 1000) / 1000 }),
      ...(score === undefined ? {} : { score: Math.round(score * 1000) / 1000 }),
      why:
        passedOver === undefined
          ? verdict === undefined
            ? 'not asked'
            : becauseOf(verdict)
          : whyNot(passedOver),
    };
  });
};

const whyNot = ({ why, detail }: { readonly why: string; readonly detail?: string }): string =>
  detail === undefined ? why : `${why}: ${detail}`;

const print = (explained: Explained, known: string): string => {
  const { decision, secondary, because, location, cookie, secondaries } = explained;
  const outcome =
    decision === 'none' || secondary === undefined
      ? 'Nobody can take this visitor.'
      : `He is sent to ${secondary} (${because ?? ''}): ${location ?? ''}`;
  const rows = secondaries.map(({ id, what, state, health, weight, score, why }) => [
    id,
    what,
    state,
    health,
    weight === undefined ? '-' : String(weight),
    score === undefined ? '-' : String(score),
    why,
  ]);
  const found = cookie === undefined ? '' : `His cookie ${cookie}.\n`;
  return `${outcome}\n${found}\n${table(['SECONDARY', 'DECISION', 'STATE', 'HEALTH', 'WEIGHT', 'SCORE', 'WHY'], rows)}\nknown ${known}\n`;
};
