import type { Counter, Gauge } from 'prom-client';
import type { Clock } from '../model/clock.ts';
import type { Counts } from './counts.ts';
import type { Row } from './row.ts';
import type { Status } from './status.ts';

/** What is measured: read once a scrape. */
export interface MetricsSources {
  readonly status: () => Status;
  readonly counts: () => Counts;
  readonly clock: Clock;
}

/** The figures for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  /** one scrape in the text format */
  readonly text: () => Promise<string>;
}

const HEALTHS = ['unknown', 'up', 'down'] as const;
const STATES = ['ready', 'drain', 'maintenance'] as const;
const SOURCES = ['none', 'live', 'cached', 'own', 'memory'] as const;

/** Words of our own may be labels; whatever else stands in the counts may not. */
const REASON = /^[a-z][a-z-]{0,31}$/;
const STATUS = /^[1-5]\d\d$/;

/**
 * Prepares the metrics in a registry of their own. Labels hold only configured ids and words of ours, so that nobody
 * outside can make a new series.
 */
export const createMetrics = async ({ status, counts, clock }: MetricsSources): Promise<Metrics> => {
  const prometheus = (await import('prom-client')).default;
  const registry = new prometheus.Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new prometheus.Gauge({ name, help, labelNames, registers });
  const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
    new prometheus.Counter({ name, help, labelNames, registers });

  const build = gauge('usher_build_info', 'Always 1; the labels say what runs.', 'version', 'node');
  const visits = counter('usher_visits_total', 'Visitors sent to a secondary.', 'secondary', 'kind');
  const decisions = counter('usher_decisions_total', 'Decisions by the word that says why.', 'because');
  const none = counter('usher_visits_without_secondary_total', 'Visits that nobody could take.');
  const refused = counter(
    'usher_requests_refused_total',
    'Requests answered with an error of ours.',
    'status',
  );
  const dropped = counter('usher_connections_dropped_total', 'Connections closed unheard: too many at once.');
  const secondaryUp = gauge('usher_up', 'Whether the checks of a secondary pass.', 'secondary');
  const health = gauge('usher_health', 'What is believed of a secondary: 1 for that.', 'secondary', 'health');
  const state = gauge(
    'usher_state',
    'What the operator wants of a secondary: 1 for that.',
    'secondary',
    'state',
  );
  const usable = gauge('usher_usable', 'Whether new visitors may be sent to a secondary.', 'secondary');
  const weight = gauge('usher_weight', 'Configured weight of a secondary.', 'secondary');
  const capacity = gauge(
    'usher_capacity_learned_ratio',
    'Capacity of a secondary as its reports show it, over its weight.',
    'secondary',
  );
  const wanted = gauge('usher_share_wanted_ratio', 'Share of new visitors it should get now.', 'secondary');
  const took = gauge('usher_check_duration_seconds', 'How long the last check took.', 'secondary');
  const running = gauge(
    'usher_load_running',
    'Requests in service, as the secondary said last.',
    'secondary',
  );
  const sessions = gauge('usher_load_sessions', 'Sessions held, as the secondary said last.', 'secondary');
  const newsAge = gauge('usher_news_age_seconds', 'Age of the snapshot of the pool in force.');
  const newsStale = gauge('usher_news_stale', 'Whether the news is older than three intervals.');
  const source = gauge('usher_source', 'Where the news comes from: 1 for that.', 'source');
  const configOk = gauge('usher_config_ok', 'Whether the config file, as it is now, holds no mistake.');
  const cpu = counter('process_cpu_seconds_total', 'User and system CPU time of all threads.');
  const memory = gauge('process_resident_memory_bytes', 'Resident memory.');
  const heap = gauge('nodejs_heap_size_used_bytes', 'Heap in use by the main thread.');
  const start = gauge('process_start_time_seconds', 'Start of the process since 1970.');
  const startedAt = clock.wall() / 1000 - process.uptime();

  const fillRow = ({ id, ...row }: Row): void => {
    const secondary = { secondary: id };
    visits.inc({ ...secondary, kind: 'chosen' }, row.visits.chosen);
    visits.inc({ ...secondary, kind: 'kept' }, row.visits.kept);
    secondaryUp.set(secondary, row.health === 'up' ? 1 : 0);
    for (const each of HEALTHS) health.set({ ...secondary, health: each }, row.health === each ? 1 : 0);
    for (const each of STATES) state.set({ ...secondary, state: each }, row.state === each ? 1 : 0);
    usable.set(secondary, row.usable ? 1 : 0);
    weight.set(secondary, row.weight);
    if (row.capacity !== undefined) capacity.set(secondary, row.capacity);
    wanted.set(secondary, row.share.wanted);
    if (row.check !== undefined) took.set(secondary, row.check.tookMs / 1000);
    if (row.load?.running !== undefined) running.set(secondary, row.load.running);
    if (row.load?.sessions !== undefined) sessions.set(secondary, row.load.sessions);
  };

  const fill = (): void => {
    registry.resetMetrics();
    const now = status();
    const total = counts();
    build.set({ version: now.version, node: process.versions.node }, 1);
    for (const row of now.secondaries) fillRow(row);
    for (const [because, count] of total.byReason) {
      if (REASON.test(because)) decisions.inc({ because }, count);
    }
    none.inc(total.none);
    for (const [code, count] of Object.entries(total.refused)) {
      if (STATUS.test(code)) refused.inc({ status: code }, count);
    }
    dropped.inc(total.dropped);
    newsAge.set(now.news.ageMs === null ? Number.NaN : now.news.ageMs / 1000);
    newsStale.set(now.news.isStale ? 1 : 0);
    for (const each of SOURCES) source.set({ source: each }, now.news.source === each ? 1 : 0);
    configOk.set(now.config.ok ? 1 : 0);
    const { user, system } = process.cpuUsage();
    cpu.inc((user + system) / 1e6);
    memory.set(process.memoryUsage.rss());
    heap.set(process.memoryUsage().heapUsed);
    start.set(startedAt);
  };

  return {
    contentType: registry.contentType,
    text: () => {
      fill();
      return registry.metrics();
    },
  };
};
