import type { Entry } from '../journal.ts';
import type { Clock } from '../model/clock.ts';
import { COMPLAINANTS, type Complainant } from '../model/complaint.ts';
import type { Id } from '../model/secondary.ts';
import { mostOpenFiles, openFiles } from '../open-files.ts';
import type { CheckTimes } from './check-times.ts';
import type { Counts, SentFor } from './counts.ts';
import { createExposition, EXPOSITION_TYPE, type Exposition } from './exposition.ts';
import type { Figure } from './figures.ts';
import type { Look } from './look.ts';
import type { Summary } from './status.ts';
import type { Tally } from './tally.ts';

/** What is measured: read once a scrape. */
export interface MetricsSources {
  readonly look: () => Look;
  readonly counts: () => Counts;
  /** why the visitors of a secondary were sent there */
  readonly sentFor: (secondary: Id) => readonly SentFor[];
  /** how often a secondary was complained of since the start */
  readonly complained: (secondary: Id, by: Complainant) => number;
  readonly tally: Pick<Tally, 'byType' | 'turns' | 'loadedAt'>;
  readonly checkTimes: Pick<CheckTimes, 'times'>;
  readonly clock: Clock;
}

/** The figures for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  /** one scrape in the text format */
  readonly text: () => string;
}

const HEALTHS = ['unknown', 'up', 'down'] as const;
const STATES = ['ready', 'drain', 'maintenance'] as const;
const TURNS = ['up', 'down'] as const;
const SOURCES = ['none', 'live', 'cached', 'own', 'memory'] as const;

/** Words of our own may be labels; whatever else stands in the counts may not. */
const REASON = /^[a-z][a-z-]{0,31}$/;
const STATUS = /^[1-5]\d\d$/;

/** Figures of a secondary begin alike; twenty objects for each of ten thousand would cost more than all the rest. */
const beginLabels = (id: Id) => `{secondary="${id}"` as const;

/**
 * Prepares the metrics. Labels hold only configured ids and words of ours, so that nobody outside can make a new
 * series; names follow the conventions of Prometheus.
 */
export const createMetrics = (sources: MetricsSources): Metrics => {
  const { look, counts, clock, tally, checkTimes } = sources;
  const startedAt = clock.wall() / 1000 - process.uptime();
  return {
    contentType: EXPOSITION_TYPE,
    text: () => {
      const { summary, figures } = look();
      const out = createExposition();
      const { version } = summary;
      out
        .gauge('usher_build_info', 'Always 1; the labels say what runs.')
        .put(1, { version, node: process.versions.node });
      putSent(out, figures, sources);
      putVisits(out, counts());
      putSecondaries(out, figures, tally);
      putComplaints(out, figures, sources);
      putNews(out, summary);
      const { pass, fail } = checkTimes.times();
      const took = out.histogram(
        'usher_check_duration_seconds',
        'How long checks took, of all secondaries; of several between two snapshots the last.',
      );
      took.put(pass, { result: 'pass' });
      took.put(fail, { result: 'fail' });
      putEvents(out, tally);
      putProcess(out, startedAt);
      return out.text();
    },
  };
};

const putSent = (
  out: Exposition,
  rows: readonly Figure[],
  { sentFor }: Pick<MetricsSources, 'sentFor'>,
): void => {
  const visits = out.counter(
    'usher_visits_total',
    'Visitors sent to a secondary, and the word that says why, as reason= in the access log.',
  );
  for (const { id } of rows) {
    const labels = beginLabels(id);
    for (const { kind, reason, visitors } of sentFor(id)) {
      if (REASON.test(reason)) visits.put(visitors, `${labels},kind="${kind}",reason="${reason}"}`);
    }
  }
};

const putVisits = (out: Exposition, total: Counts): void => {
  out.counter('usher_visits_without_secondary_total', 'Visits that nobody could take.').put(total.none);
  const refused = out.counter('usher_requests_refused_total', 'Requests answered with an error of ours.');
  for (const [code, count] of Object.entries(total.refused))
    if (STATUS.test(code)) refused.put(count, { status: code });
  out
    .counter('usher_connections_dropped_total', 'Connections closed unheard: too many at once.')
    .put(total.dropped);
  if (total.connections !== undefined) {
    const { open, most } = total.connections;
    out.gauge('usher_connections_open', 'Connections of visitors that are open.').put(open);
    out.gauge('usher_connections_most', 'Connections of visitors that may be open at once.').put(most);
  }
  if (total.receipts !== undefined) {
    const receipts = out.counter('usher_receipts_total', "Receipts of visitors' browsers.");
    receipts.put(total.receipts.taken, { result: 'taken' });
    receipts.put(total.receipts.refused, { result: 'refused' });
    out
      .gauge('usher_networks_known', 'Networks that told how near the secondaries are.')
      .put(total.receipts.networks);
  }
  if (total.relay !== undefined) {
    const { carried, full, bytes } = total.relay;
    const relayed = out.counter(
      'usher_relay_visits_total',
      'Visits to be carried over the own port: carried, or turned away because the budget was used up.',
    );
    relayed.put(carried, { result: 'carried' });
    relayed.put(full, { result: 'full' });
    out.counter('usher_relay_bytes_total', 'Bytes carried, both ways.').put(bytes);
  }
  if (total.decided !== undefined) {
    out
      .histogram('usher_decision_duration_seconds', 'How long decisions took, of one visit in 128.')
      .put(total.decided);
  }
};

const putSecondaries = (
  out: Exposition,
  rows: readonly Figure[],
  { turns }: Pick<MetricsSources['tally'], 'turns'>,
): void => {
  const up = out.gauge('usher_up', 'Whether the checks of a secondary pass.');
  const health = out.gauge('usher_health', 'What is believed of a secondary: 1 for that.');
  const turned = out.counter(
    'usher_health_changes_total',
    'How often a secondary turned, by what it turned to.',
  );
  const state = out.gauge('usher_state', 'What the operator wants of a secondary: 1 for that.');
  const usable = out.gauge('usher_usable', 'Whether new visitors may be sent to a secondary.');
  const weight = out.gauge('usher_weight', 'Configured weight of a secondary.');
  const capacity = out.gauge(
    'usher_capacity_learned_ratio',
    'Capacity of a secondary as its reports show it, over its weight.',
  );
  const wanted = out.gauge('usher_share_wanted_ratio', 'Share of new visitors it should get now.');
  const took = out.gauge('usher_check_last_duration_seconds', 'How long the last check of a secondary took.');
  const running = out.gauge('usher_load_running', 'Requests in service, as the secondary said last.');
  const sessions = out.gauge('usher_load_sessions', 'Sessions held, as the secondary said last.');
  const left = out.gauge('usher_drain_visitors', 'About how many visitors a draining secondary still has.');
  for (const row of rows) {
    const labels = beginLabels(row.id);
    const secondary = `${labels}}` as const;
    up.put(Number(row.health === 'up'), secondary);
    for (const each of HEALTHS) health.put(Number(row.health === each), `${labels},health="${each}"}`);
    const of = turns.get(row.id);
    for (const to of TURNS) turned.put(of?.[to] ?? 0, `${labels},to="${to}"}`);
    for (const each of STATES) state.put(Number(row.state === each), `${labels},state="${each}"}`);
    usable.put(Number(row.usable), secondary);
    weight.put(row.weight, secondary);
    if (row.capacity !== undefined) capacity.put(row.capacity, secondary);
    wanted.put(row.wanted, secondary);
    if (row.tookMs !== undefined) took.put(row.tookMs / 1000, secondary);
    if (row.load?.running !== undefined) running.put(row.load.running, secondary);
    if (row.load?.sessions !== undefined) sessions.put(row.load.sessions, secondary);
    if (row.left !== undefined) left.put(row.left, secondary);
  }
};

const putComplaints = (
  out: Exposition,
  rows: readonly Figure[],
  { complained }: Pick<MetricsSources, 'complained'>,
): void => {
  const complaints = out.counter(
    'usher_complaints_total',
    'How often a secondary did not work for a visitor, by who said so; return: he was back at once, a hint.',
  );
  for (const { id } of rows) {
    const labels = beginLabels(id);
    for (const by of COMPLAINANTS) complaints.put(complained(id, by), `${labels},by="${by}"}`);
  }
};

const putNews = (out: Exposition, { news, config }: Summary): void => {
  out
    .gauge('usher_news_age_seconds', 'Age of the snapshot of the pool in force.')
    .put(news.ageMs === null ? Number.NaN : news.ageMs / 1000);
  out.gauge('usher_news_stale', 'Whether the news is older than three intervals.').put(Number(news.isStale));
  const source = out.gauge('usher_source', 'Where the news comes from: 1 for that.');
  for (const each of SOURCES) source.put(Number(news.source === each), { source: each });
  out
    .gauge('usher_config_ok', 'Whether the config file, as it is now, holds no mistake.')
    .put(Number(config.ok));
};

const putEvents = (out: Exposition, { byType, loadedAt }: MetricsSources['tally']): void => {
  const count = (type: Entry['type']): number => byType.get(type) ?? 0;
  const reloads = out.counter('usher_config_reloads_total', 'How often the config file was read anew.');
  reloads.put(count('config-loaded'), { result: 'loaded' });
  reloads.put(count('config-refused'), { result: 'refused' });
  out
    .gauge(
      'usher_config_last_reload_success_timestamp_seconds',
      'When a config was last taken over; 0: at the start.',
    )
    .put((loadedAt() ?? 0) / 1000);
  const events = out.counter('usher_events_total', 'Events of the journal.');
  for (const [type, number] of byType) events.put(number, { type });
};

const putProcess = (out: Exposition, startedAt: number): void => {
  const [open, most] = [openFiles(), mostOpenFiles()];
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  out
    .counter('process_cpu_seconds_total', 'User and system CPU time of all threads.')
    .put((user + system) / 1e6);
  out.gauge('process_resident_memory_bytes', 'Resident memory.').put(rss);
  out.gauge('nodejs_heap_size_used_bytes', 'Heap in use by the main thread.').put(heapUsed);
  if (open !== undefined) out.gauge('process_open_fds', 'Open files, connections among them.').put(open);
  if (most !== undefined) out.gauge('process_max_fds', 'Files that may be open at once.').put(most);
  out.gauge('process_start_time_seconds', 'Start of the process since 1970.').put(startedAt);
};
