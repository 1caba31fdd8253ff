import { access, constants, readFile, stat } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { originOf } from '../model/origin.ts';
import { isEveryAddress } from '../config/host-name.ts';
import type { Listen, Settings } from '../config/settings.ts';
import { bracketed, unbracketed } from '../model/ip-literal.ts';
import { parsePingfile, parseSitefile } from '../stores/parse-pool-file.ts';
import { PINGFILE, SITEFILE, type Parsed, type PoolFile } from '../stores/pool-file.ts';
import { readPoolFile } from '../stores/read-pool-file.ts';
import { fileTrouble } from '../stores/file-trouble.ts';
import { mostOpenFiles } from '../open-files.ts';
import type { CertificateSeen } from '../wire/certificate.ts';
import { failed } from '../wire/failure.ts';
import type { Failed, Wire } from '../wire/wire.ts';
import { atOnce } from './at-once.ts';
import type { DoorSeen, Facts, FileSeen, NameSeen, PoolFileSeen, Reached } from './facts.ts';
import { isUsher, NOTHING_HERE } from './is-usher.ts';
import { lookAt } from './look.ts';
import { listensOnPlainPort, PLAIN_PORT } from './plain-port.ts';
import { tryPort } from './try-port.ts';

const MOST_AT_ONCE = 16;
/** What is not asked by then is not asked. */
const WHOLE_MS = 60_000;
const TIMEOUT_MS = 3000;
/** Names that are looked up, and ports that are tried for each. */
const MOST_NAMES = 4;
const MOST_PORTS = 50;

/** How the addresses of a name are found. Rejects where it has none. */
export type Resolve = (
  name: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export interface Gathering {
  readonly settings: Settings;
  readonly wire: Wire;
  readonly resolve: Resolve;
  /** the name that visitors type; absent: the first of the config's names */
  readonly as?: string;
  readonly until: AbortSignal;
  /** told when one more secondary has been looked at */
  readonly onLook?: (done: number) => void;
}

/** Asks everything that the examinations want to know. Never rejects for what a network or a secondary does. */
export const gather = async (gathering: Gathering): Promise<Facts> => {
  const { settings, wire, until, onLook } = gathering;
  const names = gathering.as === undefined ? (settings.names ?? []) : [gathering.as];
  const host = names[0] ?? 'localhost';
  const lateAt = wire.clock.now() + WHOLE_MS;
  const bounds = { most: MOST_AT_ONCE, isLate: () => wire.clock.now() > lateAt || until.aborted };
  const mostFiles = mostOpenFiles();
  let done = 0;
  const [looks, doors, seenNames, secret, folder, poolFiles] = await Promise.all([
    atOnce(settings.secondaries, bounds, async (secondary) => {
      const look = await lookAt(secondary, {
        ...{ wire, host, landing: settings.landing, until },
        isCarried: settings.relay !== undefined,
      });
      done += 1;
      onLook?.(done);
      return look;
    }),
    Promise.all(settings.listen.map((listen) => seeDoor(listen, host, wire))),
    Promise.all(names.slice(0, MOST_NAMES).map((name) => seeName(name, gathering))),
    seeFile(join(settings.stateFolder, 'secret')),
    seeFolder(settings.stateFolder),
    settings.checks.from === 'cached' ? seePoolFiles(settings.stateFolder) : undefined,
  ]);
  return {
    settings,
    host,
    looks: looks.filter((look) => look !== undefined),
    unseen: settings.secondaries.filter((_, at) => looks[at] === undefined).map(({ id }) => id),
    doors,
    names: seenNames,
    secret,
    folder,
    wall: wire.clock.wall(),
    ...(mostFiles === undefined ? {} : { mostFiles }),
    ...(poolFiles === undefined ? {} : { poolFiles }),
  };
};

const seeDoor = async (listen: Listen, host: string, wire: Wire): Promise<DoorSeen> => {
  const { port, tls } = listen;
  const to = isEveryAddress(listen.host) ? '127.0.0.1' : unbracketed(listen.host ?? '127.0.0.1');
  const answer = await wire.ask({
    at: originOf(tls === undefined ? 'http' : 'https', bracketed(to), port),
    path: NOTHING_HERE,
    headers: { host, 'user-agent': 'usher-doctor' },
    serverName: unbracketed(host),
    timeoutMs: TIMEOUT_MS,
    whenLonger: 'cut',
  });
  const isFree = !answer.ok && answer.failure === 'refused' && listen.fd === undefined;
  const cannotListen = isFree ? await tryPort(listen) : undefined;
  return {
    name: listen.host === undefined ? `port ${port}` : `${bracketed(unbracketed(listen.host))}:${port}`,
    answer,
    isUsher: isUsher(answer),
    ...(cannotListen === undefined ? {} : { cannotListen }),
    ...(tls === undefined ? {} : { certificate: await readCertificate(tls.cert, host) }),
  };
};

const readCertificate = async (file: string, host: string): Promise<CertificateSeen | Failed> => {
  try {
    const certificate = new X509Certificate(await readFile(file));
    const fits = certificate.checkHost(host) ?? certificate.checkIP(unbracketed(host));
    return {
      ok: true,
      endsAt: Date.parse(certificate.validTo),
      ...(fits === undefined && host !== 'localhost' ? { distrust: `it is not for ${host}` } : {}),
    };
  } catch (error) {
    return failed('tls', fileTrouble(error));
  }
};

const seeName = async (name: string, { settings, wire, resolve }: Gathering): Promise<NameSeen> => {
  const addresses = await resolve(unbracketed(name)).catch(() => []);
  const v4 = addresses.filter(({ family }) => family === 4).map(({ address }) => address);
  const v6 = addresses.filter(({ family }) => family === 6).map(({ address }) => address);
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
  );
  const families = ([4, 6] as const).filter((family) => (family === 4 ? v4 : v6).length > 0);
  // a listener on a port of its own choosing has no address that could be asked
  const listen = settings.listen.find(({ port }) => port !== 0);
  const door =
    listen === undefined
      ? []
      : await Promise.all(families.map((family) => reachDoor(name, family, { listen, wire })));
  const plain = listensOnPlainPort(settings)
    ? undefined
    : await Promise.all(
        families.map((family) => reachDoor(name, family, { listen: { port: PLAIN_PORT }, wire })),
      );
  const ports = settings.secondaries
    .flatMap(({ id, address }) => (address.kind === 'same-host' ? [{ id, port: address.port }] : []))
    .slice(0, MOST_PORTS);
  const pairs = families.flatMap((family) => ports.map((each) => ({ ...each, family })));
  const reached = await atOnce(pairs, { most: MOST_AT_ONCE, isLate: () => false }, async (pair) => {
    const { port, family } = pair;
    const opened = await wire.connect({ host: unbracketed(name), port, family, timeoutMs: TIMEOUT_MS });
    return { ...pair, ...(opened.ok ? {} : { failed: opened }) };
  });
  return {
    name,
    v4,
    v6,
    isOwn: addresses.some(({ address }) => own.has(address)),
    door,
    ...(plain === undefined ? {} : { plain }),
    ports: reached.filter((each) => each !== undefined),
  };
};

const reachDoor = async (
  name: string,
  family: 4 | 6,
  { listen, wire }: { readonly listen: Listen; readonly wire: Wire },
): Promise<Reached> => {
  const answer = await wire.ask({
    at: originOf(listen.tls === undefined ? 'http' : 'https', name, listen.port),
    path: NOTHING_HERE,
    headers: { 'user-agent': 'usher-doctor' },
    timeoutMs: TIMEOUT_MS,
    family,
    whenLonger: 'cut',
  });
  return answer.ok ? { family, isUsher: isUsher(answer) } : { family, failed: answer };
};

const seeFile = async (path: string): Promise<FileSeen> => {
  try {
    return { path, mode: (await stat(path)).mode & 0o7777 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { path } : { path, trouble: fileTrouble(error) };
  }
};

const seeFolder = async (path: string): Promise<FileSeen> => {
  const seen = await seeFile(path);
  if (seen.mode === undefined) return seen;
  try {
    await access(path, constants.W_OK);
    return seen;
  } catch (error) {
    return { ...seen, trouble: fileTrouble(error) };
  }
};

const seePoolFiles = async (folder: string): Promise<readonly PoolFileSeen[]> => {
  const ping = join(folder, PINGFILE);
  const site = join(folder, SITEFILE);
  return Promise.all([
    poolFileSeen(ping, await readPoolFile(ping, parsePingfile)),
    poolFileSeen(site, await readPoolFile(site, parseSitefile)),
  ]);
};

const poolFileSeen = async (path: string, read: Parsed<PoolFile<unknown>>): Promise<PoolFileSeen> => {
  const seen = await seeFile(path);
  if (!read.ok) return seen.mode === undefined ? seen : { ...seen, trouble: read.because };
  const { writtenAt, everyMs, rows } = read.value;
  return {
    ...seen,
    ids: [...rows.keys()],
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(everyMs === undefined ? {} : { everyMs }),
  };
};
