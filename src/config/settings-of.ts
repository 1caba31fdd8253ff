import { resolve } from 'node:path';
import { relayOf } from './relay-of.ts';
import type { Config } from './schema/schema.ts';
import type { Listed } from './schema/secondary-schema.ts';
import type { AffinitySettings, EntranceSettings, SecondarySettings, Settings } from './settings.ts';

/** What of the machine goes into settings. */
export interface Surroundings {
  /** what relative file names are meant from: the folder of the config */
  readonly folder: string;
  /** how many threads the machine runs at once */
  readonly cores: number;
}

/** Most door threads that `"auto"` takes. */
const MOST_THREADS = 4;

/** Turns a checked config into settings: every span in milliseconds, every path absolute, nothing left out. */
export const settingsOf = (config: Config, { folder, cores }: Surroundings): Settings => {
  const { names, checks, affinity, accessLog, admin, policy, delivery } = config;
  const { every, freshness, slowReturn, timeout, from, worker, freshen } = checks;
  const path = (file: string): string => resolve(folder, file);
  return {
    listen: config.listen.map(({ tls, ...door }) =>
      tls === undefined ? door : { ...door, tls: { cert: path(tls.cert), key: path(tls.key) } },
    ),
    admin: {
      ...admin.listen,
      ...(admin.password === undefined ? {} : { password: admin.password }),
      ...(admin.tokens.length === 0 ? {} : { tokens: admin.tokens }),
    },
    threads: typeof config.threads === 'number' ? config.threads : Math.min(cores, MOST_THREADS),
    ...(names === undefined ? {} : { names }),
    trustProxies: config.trustProxies,
    lan: config.lan,
    redirectToHttps: httpsOf(config),
    policy,
    checks: {
      ...{ from, everyMs: every, worker, freshnessMs: freshness },
      ...{ timeoutMs: timeout, slowReturnMs: slowReturn, freshen },
    },
    delivery,
    affinity: affinity === false ? false : affinityOf(affinity),
    ...relayOf(config),
    landing: config.landing,
    debug: config.debug,
    jsonAnswers: config.jsonAnswers,
    whenAllDown: config.whenAllDown,
    siteFolder: path(config.siteFolder),
    ...(config.geo === false ? {} : { geo: path(config.geo) }),
    stateFolder: path(checks.files),
    entrances: new Map(
      Object.entries(config.entrances).map(([at, entrance]): [string, EntranceSettings] => [
        at,
        typeof entrance === 'string'
          ? 'local'
          : {
              policy: entrance.policy ?? policy,
              checks: entrance.checks ?? from,
              delivery: entrance.delivery ?? delivery,
              affinity: entrance.affinity,
            },
      ]),
    ),
    ...(accessLog === false ? {} : { accessLog: accessLog === '-' ? '-' : path(accessLog) }),
    statusPage: config.statusPage,
    hitCounter: config.hitCounter,
    ...(config.wayIn === false ? {} : { wayInMs: config.wayIn }),
    notify: config.notify,
    secondaries: listOf(config).map((listed) => secondaryOf(listed, checks)),
  };
};

const affinityOf = ({
  cookie,
  for: forMs,
  redispatch,
}: Exclude<Config['affinity'], false>): AffinitySettings => ({
  cookie,
  forMs,
  ...(redispatch === false ? {} : { redispatchMs: redispatch }),
});

const HTTPS = 443;

const httpsOf = ({ redirectToHttps, names = [], listen }: Config): Settings['redirectToHttps'] =>
  redirectToHttps !== false && {
    names: redirectToHttps.names ?? names,
    port: redirectToHttps.port ?? listen.find(({ tls }) => tls !== undefined)?.port ?? HTTPS,
  };

/** The list of a config; its file, if it was one, has been read in its place. */
const listOf = ({ secondaries }: Config): readonly Listed[] =>
  typeof secondaries === 'string' ? [] : secondaries;

const secondaryOf = (listed: Listed, checks: Config['checks']): SecondarySettings => {
  const { id, address, at, weight, role, state, ping = checks.ping, load = checks.load } = listed;
  return {
    ...{ id, address, at, weight, role, state, ping },
    ...(listed.lan === undefined ? {} : { lan: listed.lan }),
    ...(listed.place === undefined ? {} : { place: listed.place }),
    ...(listed.untilAt === undefined ? {} : { untilAt: listed.untilAt }),
    ...(listed.acme === undefined ? {} : { acme: listed.acme }),
    ...(load === undefined || load === false ? {} : { load }),
    rise: listed.rise ?? checks.rise,
    fall: listed.fall ?? checks.fall,
    timeoutMs: listed.timeoutMs ?? checks.timeout,
  };
};
