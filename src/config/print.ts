import type { Choice, Registry } from '../unit.ts';
import { printDuration } from './duration.ts';
import type { Registries } from './schema/schema.ts';
import { printSize } from './size.ts';
import type {
  AffinitySettings,
  EntranceSettings,
  Listen,
  NoticeSettings,
  SecondarySettings,
  Settings,
} from './settings.ts';

/** A config as `usher.json` would hold it. */
type Written = Readonly<Record<string, unknown>>;

/** Settings as a config that says everything: read again, it gives the same settings. */
export const printConfig = (settings: Settings, registries: Registries): Written => {
  const { listen, admin, names, checks, affinity, whenAllDown } = settings;
  const { policies, deliveries } = registries;
  return {
    listen: listen.map(printListen),
    admin: {
      listen: `${admin.host.includes(':') ? `[${admin.host}]` : admin.host}:${admin.port}`,
      ...(admin.password === undefined ? {} : { password: admin.password }),
      ...(admin.tokens === undefined ? {} : { tokens: admin.tokens }),
    },
    threads: settings.threads,
    ...(names === undefined ? {} : { names }),
    trustProxies: settings.trustProxies,
    lan: settings.lan,
    redirectToHttps: settings.redirectToHttps,
    policy: printChoice(settings.policy, policies),
    checks: {
      from: checks.from,
      every: printDuration(checks.everyMs),
      files: settings.stateFolder,
      worker: checks.worker,
      freshness: printDuration(checks.freshnessMs),
      timeout: printDuration(checks.timeoutMs),
      slowReturn: printDuration(checks.slowReturnMs),
      freshen: checks.freshen,
    },
    delivery: printChoice(settings.delivery, deliveries),
    affinity: affinity === false ? false : printAffinity(affinity),
    relay: printRelay(settings.relay),
    landing: settings.landing,
    debug: settings.debug,
    jsonAnswers: settings.jsonAnswers,
    whenAllDown: whenAllDown.kind === 'url' ? whenAllDown.url : whenAllDown.kind,
    siteFolder: settings.siteFolder,
    geo: settings.geo ?? false,
    accessLog: settings.accessLog ?? false,
    statusPage: settings.statusPage,
    hitCounter: settings.hitCounter,
    wayIn: settings.wayInMs === undefined ? false : printDuration(settings.wayInMs),
    notify: settings.notify.map(printNotice),
    entrances: Object.fromEntries(
      Array.from(settings.entrances, ([path, entrance]) => [path, printEntrance(entrance, registries)]),
    ),
    secondaries: settings.secondaries.map((secondary) => printSecondary(secondary, registries)),
  };
};

const printAffinity = ({ cookie, forMs, redispatchMs }: AffinitySettings): Written => ({
  cookie,
  for: printDuration(forMs),
  redispatch: redispatchMs === undefined ? false : printDuration(redispatchMs),
});

const printRelay = (relay: Settings['relay']): unknown => {
  if (relay === undefined) return false;
  const { connections, webSockets, paths, userAgents, refuse, connectMs, answerMs, idleMs } = relay;
  return {
    ...{ connections, webSockets, paths, userAgents, refuse },
    bytes: printSize(relay.bytesPerHour),
    for: printDuration(relay.forMs),
    timeouts: {
      connect: printDuration(connectMs),
      answer: printDuration(answerMs),
      idle: printDuration(idleMs),
    },
  };
};

const printListen = ({ host, port, tls }: Listen): Written => ({
  ...(host === undefined ? {} : { host }),
  port,
  ...tls,
});

const printNotice = ({ to, events, timeoutMs }: NoticeSettings): Written => ({
  ...(to.kind === 'exec' ? { exec: to.argv } : { webhook: to.url, headers: to.headers }),
  events,
  timeout: printDuration(timeoutMs),
});

const printEntrance = (entrance: EntranceSettings, { policies, deliveries }: Registries): unknown => {
  if (entrance === 'local') return 'local';
  const { policy, checks, delivery, affinity } = entrance;
  return {
    policy: printChoice(policy, policies),
    checks,
    delivery: printChoice(delivery, deliveries),
    affinity,
  };
};

const printSecondary = (secondary: SecondarySettings, { checks, loads }: Registries): Written => {
  const { id, address, at, weight, role, state, untilAt, ping, load, rise, fall, timeoutMs } = secondary;
  return {
    id,
    ...(address.kind === 'own' ? { url: address.origin } : { port: address.port, scheme: address.scheme }),
    ...{ at, weight, role, state },
    ...(secondary.lan === undefined ? {} : { lan: secondary.lan }),
    ...(secondary.place === undefined ? {} : { place: secondary.place }),
    ...(untilAt === undefined ? {} : { until: new Date(untilAt).toISOString() }),
    ...(secondary.acme === undefined ? {} : { acme: secondary.acme }),
    ping: printChoice(ping, checks),
    load: load === undefined ? false : printChoice(load, loads),
    ...{ rise, fall, timeout: printDuration(timeoutMs) },
  };
};

/** A unit as a config names it. */
const printChoice = ({ name, options }: Choice, registry: Registry<unknown>): unknown => {
  const { [registry[name]?.main ?? '']: main, ...others } = options;
  const said = Object.entries(others).filter(([, value]) => value !== undefined);
  if (main === undefined && said.length === 0) return name;
  return { [name]: main ?? true, ...Object.fromEntries(said) };
};
