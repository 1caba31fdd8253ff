import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { withoutTurns, type Journal } from '../journal.ts';
import type { Clock, Instant } from '../model/clock.ts';
import {
  nothingKnown,
  STALE_AFTER_INTERVALS,
  type PoolSnapshot,
  type Source,
  type Standing,
} from '../model/pool.ts';
import type { Id } from '../model/secondary.ts';
import { finish, type Slices } from '../model/slices.ts';
import type { Verdict } from '../model/verdict.ts';
import { pingfileInSlices, sitefileInSlices } from '../stores/parse-pool-file.ts';
import { PINGFILE, SITEFILE, type PingRow, type PoolHead, type SiteRow } from '../stores/pool-file.ts';
import { inPauses } from '../stores/read-pool-file.ts';
import { standingsInSlices, type Told } from '../stores/standings-of.ts';
import { becauseOf } from '../verdicts/because.ts';
import { isBehind } from '../verdicts/behind.ts';
import { unjudged } from '../verdicts/judge.ts';
import { followFile, type FileOptions } from './file-news.ts';

/** What of the settings a follower goes by. */
export type FollowerSettings = Pick<Settings, 'secondaries' | 'checks' | 'stateFolder'>;

/** A monitor that stands in while the files are stale. */
export interface StandIn<Given> {
  readonly update: (settings: Given) => void;
  readonly stop: () => Promise<void>;
}

export interface FollowerOptions<Given extends FollowerSettings> {
  readonly settings: Given;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly publish: (snapshot: PoolSnapshot) => void;
  /**
   * Starts to ask the secondaries from here, with source `own`. What it publishes goes through the follower, and so do
   * its events: of a change of health the operator is told once.
   */
  readonly startOwn: (
    settings: Given,
    given: { readonly publish: (snapshot: PoolSnapshot) => void; readonly journal: Journal },
  ) => StandIn<Given>;
}

/** Follows the two files. */
export interface Follower<Given> {
  readonly update: (settings: Given) => void;
  readonly stop: () => Promise<void>;
}

/** The longest interval that a file is believed to have. */
const LONGEST_MS = 10 * 60_000;

/**
 * So long the files may be behind what was seen from here, after it was asked from here; longer where a writer that
 * waits for every answer takes longer to find out.
 */
const BEHIND_INTERVALS = 10;

/** How often the files are looked at, at least and at most. */
const MOST_OFTEN_MS = 20;
const LEAST_OFTEN_MS = 500;

/**
 * Follows pingfile and sitefile and publishes what they tell, source `cached`. When the pingfile has not changed for
 * three intervals of this machine's own clock, the pool is asked from here until it changes regularly again. A sitefile
 * that stays behind only leaves the load reports old.
 */
export const startFollower = <Given extends FollowerSettings>(
  options: FollowerOptions<Given>,
): Follower<Given> => {
  const { clock, journal } = options;
  const startedAt = clock.now();
  let { settings } = options;
  let files = openFiles(settings, clock);
  /** since when we wait for the pingfile to change for the first time */
  let openedAt = startedAt;
  let seq = 0;
  let last = nothingKnown('cached');
  let own: StandIn<Given> | undefined;
  /** tells the stand-in of now from one that was stopped and has news under way */
  let current: object | undefined;
  let isReading = false;
  let isStopped = false;
  let told: Told | undefined;
  const refused = new Map<string, string>();
  /** what was seen from here, of whom the files are still behind it, and until when that counts */
  let seenFromHere = new Map<Id, Verdict>();
  let seenUntil: Instant = -Infinity;

  const publish = (source: Source, standings: ReadonlyMap<Id, Standing>): void => {
    tellTurns(last.standings, standings, journal);
    seq += 1;
    const everyMs = source === 'own' ? settings.checks.everyMs : intervalMs();
    last = { seq, at: clock.now(), source, everyMs, standings };
    options.publish(last);
  };

  /** What the files tell, or what was known before as long as they tell nothing. */
  const publishFiles = (): void => {
    finish(publishInSlices());
  };

  /** The same in slices. What is published meanwhile was made of the same files, or of newer settings: then it stands. */
  function* publishInSlices(): Slices {
    const ping = files.ping.believed();
    const site = files.site.believed();
    const ids = settings.secondaries.map(({ id }) => id);
    const before = last.standings;
    if (ping === undefined) {
      publish(
        'cached',
        new Map(ids.map((id) => [id, before.get(id) ?? { id, verdict: unjudged(startedAt) }])),
      );
      return;
    }
    const started = seq;
    const standings = yield* standingsInSlices(ping, site, {
      ids,
      before,
      startedAt,
      ...(told && { told }),
    });
    if (seq !== started || own !== undefined || isStopped) return;
    told = { ping, site, standings };
    publish('cached', new Map(Array.from(standings, ([id, standing]) => [id, caughtUp(standing)])));
  }

  /** A standing as the files tell it, or as it was seen from here as long as they are behind. */
  const caughtUp = (standing: Standing): Standing => {
    const { id, verdict } = standing;
    const seen = seenFromHere.get(id);
    if (seen !== undefined && clock.now() < seenUntil && isBehind(verdict, seen)) {
      return { ...standing, verdict: seen };
    }
    seenFromHere.delete(id);
    return standing;
  };

  /** The longest of what the config says and what the writer says of itself. */
  const intervalMs = (): number =>
    Math.max(settings.checks.everyMs, Math.min(LONGEST_MS, files.ping.believed()?.file.everyMs ?? 0));

  const behindMs = (): number => {
    const everyMs = intervalMs();
    const toFall = settings.secondaries.map(({ fall, timeoutMs }) => (fall + 1) * (timeoutMs + everyMs));
    return toFall.reduce((longest, ms) => Math.max(longest, ms), BEHIND_INTERVALS * everyMs);
  };

  const judgeFreshness = (): void => {
    const now = clock.now();
    const limitMs = STALE_AFTER_INTERVALS * intervalMs();
    const [newest, older] = files.ping.changes();
    const ageMs = now - (newest ?? openedAt);
    if (own === undefined) {
      if (ageMs > limitMs) askFromHere(whyStale(ageMs));
      return;
    }
    // One change may be the last gasp of a dying writer; two in time are a writer.
    const isBack = newest !== undefined && older !== undefined && newest - older <= limitMs;
    if (isBack && ageMs <= limitMs) goBack();
  };

  const whyStale = (ageMs: number): string => {
    const refusal = files.ping.refusal();
    const since = `${files.ping.path} has not changed for ${(ageMs / 1000).toFixed(1)} s, more than ${String(STALE_AFTER_INTERVALS)} intervals of ${String(intervalMs())} ms`;
    return refusal === undefined ? since : `${since}: ${refusal}`;
  };

  const askFromHere = (because: string): void => {
    journal({ type: 'source-changed', from: 'cached', to: 'own', because });
    const stint = {};
    current = stint;
    own = options.startOwn(settings, {
      publish: ({ standings }) => {
        if (current !== stint || isStopped) return;
        const before = last.standings;
        publish('own', new Map(Array.from(standings, ([id, standing]) => [id, known(standing, before)])));
      },
      journal: withoutTurns(journal),
    });
  };

  const goBack = (): void => {
    const because = `${files.ping.path} changes regularly again`;
    journal({ type: 'source-changed', from: 'own', to: 'cached', because });
    void own?.stop();
    own = undefined;
    current = undefined;
    if (last.source === 'own') {
      seenFromHere = new Map(Array.from(last.standings, ([id, { verdict }]) => [id, verdict]));
      seenUntil = clock.now() + behindMs();
    }
    publishFiles();
  };

  /** Says once why a file is refused, until it is another reason. That there is none yet is told by the source. */
  const tellRefusals = (): void => {
    for (const { path, refusal } of [files.ping, files.site]) {
      const because = refusal();
      if (because === refused.get(path)) continue;
      if (because === undefined) refused.delete(path);
      else refused.set(path, because);
      if (because !== undefined && because !== NO_FILE)
        journal({ type: 'files-refused', file: path, because });
    }
  };

  const read = async (): Promise<void> => {
    const { ping, site } = files;
    const news = await Promise.all([ping.look(), site.look()]);
    if (isStopped || files.ping !== ping) return;
    tellRefusals();
    judgeFreshness();
    if (own === undefined && news.includes('changed') && ping.believed() !== undefined) {
      await inPauses(publishInSlices());
    }
  };

  /** A network disk that hangs must not keep us from noticing it: freshness is judged while a look takes its time. */
  const tick = (): void => {
    if (isReading) {
      judgeFreshness();
      return;
    }
    isReading = true;
    void read().finally(() => {
      isReading = false;
    });
  };

  const start = (): NodeJS.Timeout => {
    tick();
    const lookEveryMs = Math.min(LEAST_OFTEN_MS, settings.checks.everyMs / 4);
    return setInterval(tick, Math.max(MOST_OFTEN_MS, lookEveryMs));
  };

  publishFiles();
  let timer = start();

  return {
    update: (next) => {
      const before = settings;
      settings = next;
      if (next.stateFolder !== before.stateFolder) {
        files = openFiles(next, clock);
        openedAt = clock.now();
        isReading = false;
      }
      if (own === undefined) publishFiles();
      else own.update(next);
      clearInterval(timer);
      timer = start();
    },
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await own?.stop();
    },
  };
};

/** A standing, or the one before as long as nobody has been heard. */
const known = (standing: Standing, before: ReadonlyMap<Id, Standing>): Standing =>
  standing.verdict.health === 'unknown' ? (before.get(standing.id) ?? standing) : standing;

const NO_FILE = 'there is no such file';

const openFiles = ({ stateFolder, checks }: FollowerSettings, clock: Clock) => {
  /**
   * What this primary's worker left just before a new start. Its wall clock is ours, so that what it says of its age may
   * be gone by; what others wrote says nothing before it changes.
   */
  const ageOf = ({ writtenAt = NaN }: PoolHead): number | undefined => {
    const ageMs = clock.wall() - writtenAt;
    const isRecent = ageMs >= 0 && ageMs <= STALE_AFTER_INTERVALS * checks.everyMs;
    return checks.worker === 'own' && isRecent ? ageMs : undefined;
  };
  const follow = <Row>(name: string, options: Omit<FileOptions<Row>, 'clock'>) => {
    const path = join(stateFolder, name);
    return { path, ...followFile<Row>(path, { ...options, clock }) };
  };
  return {
    ping: follow<PingRow>(PINGFILE, {
      parse: pingfileInSlices,
      // Where nobody was left, the network may have gone before Usher did.
      ageOf: (file) => (file.rows.values().some(({ health }) => health === 'up') ? ageOf(file) : undefined),
    }),
    site: follow<SiteRow>(SITEFILE, { parse: sitefileInSlices, ageOf }),
  };
};

const tellTurns = (
  before: ReadonlyMap<Id, Standing>,
  after: ReadonlyMap<Id, Standing>,
  journal: Journal,
): void => {
  for (const [secondary, { verdict }] of after) {
    const from = before.get(secondary)?.verdict.health ?? 'unknown';
    const to = verdict.health;
    if (from !== to) journal({ type: 'health-changed', secondary, from, to, because: becauseOf(verdict) });
  }
};
