import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { readEndpoint, readUrl } from '../config/endpoint.ts';
import { isLoopback } from '../config/host-name.ts';
import { ActionableError } from '../errors.ts';
import { unbracketed } from '../model/ip-literal.ts';
import type { Origin } from '../model/secondary.ts';
import { allow } from '../report/allow.ts';
import { startReporter, type ReporterEvent } from '../report/reporter.ts';
import type { StatusPage } from '../report/status.ts';
import { statusTrouble } from '../report/status-trouble.ts';
import { version } from '../version.ts';
import { createWire } from '../wire/create-wire.ts';
import type { Command } from './command.ts';
import { readOptions } from './options.ts';
import { untilSignal } from './until-signal.ts';

const OPTIONS = {
  listen: { type: 'string' },
  allow: { type: 'string', multiple: true },
  apache: { type: 'string' },
  nginx: { type: 'string' },
  log: { type: 'string' },
} as const;

/** `usher report`: runs on a secondary and tells how busy it is. */
export const report: Command = {
  summary: 'Runs on a secondary and tells the primary how busy it is.',
  usage: 'usher report [--apache URL | --nginx URL] [--log FILE] [--listen HOST:PORT] [--allow RANGE]...',
  help: `
  --apache URL    the status page of Apache on this machine, such as http://127.0.0.1/server-status?auto
  --nginx URL     the status page of nginx on this machine, such as http://127.0.0.1/nginx_status
  --log FILE      its access log, in common or combined format: followed from its end, also when it is rotated
  --listen H:P    where the figures are served; without it 127.0.0.1:8078
  --allow RANGE   addresses that may ask for them besides this machine, such as 192.168.1.2 or 192.168.1.0/24;
                  can be given again

The figures are JSON; the primary's config reads them with { "json": "/load.json", "port": 8078 } as "load".

                 --apache         --nginx          --log
  running        yes              yes              -
  utilization    yes              -                -
  done           -                -                those answered with success (status below 400)
  answered       all requests     all requests     -
  busySeconds    sum of requests  -                time with a request in service, if lines tell how long they took
  sessions       -                -                by address and agent, over 30 s after the last answer
  started        -                -                the same, once the reporter has run for 30 s

Where two could tell a counter, the log does. Give it the time that an answer took, as the last field of its lines:
  Apache   LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" timed
           CustomLog /var/log/apache2/access.log timed
  nginx    log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                            '"$http_referer" "$http_user_agent" $request_time';
           access_log /var/log/nginx/access.log timed;
without buffering. The primary's own checks are not counted. More than 100,000 sessions at a time are estimated.
A Node app counts itself, and needs no usher report beside it:
  import { reporter } from 'usher';
  const { middleware, handler } = reporter();
  app.use(middleware);               // before everything that shall be counted
  app.get('/load.json', handler);    // in the primary's config: "load": { "json": "/load.json" }

  usher report --apache http://127.0.0.1/server-status?auto --log /var/log/apache2/access.log \\
    --listen 192.168.1.3:8078 --allow 192.168.1.2`,
  run: async (args, io) => {
    const { values } = readOptions(args, OPTIONS, report);
    const { listen = '127.0.0.1:8078', allow: ranges = [], apache, nginx, log } = values;
    const endpoint = readEndpoint(listen);
    if (!endpoint.ok || endpoint.value.port === undefined) {
      throw wrong(`${listen} is no address to listen on, such as 127.0.0.1:8078.`);
    }
    const host = unbracketed(endpoint.value.host);
    const isAllowed = allow(ranges);
    if (isAllowed === undefined)
      throw wrong(`--allow ${ranges.join(' --allow ')} holds what is no address range.`);
    if (!isLoopback(host) && ranges.length === 0) {
      throw wrong(`The reporter would listen on ${host}, but nobody there may ask it: say who with --allow.`);
    }
    const status = statusPage(apache, nginx);
    if (status === undefined && log === undefined) throw wrong('There is nothing to report from.');

    const clock = systemClock();
    const tell = (event: ReporterEvent): void => {
      io.out(`${JSON.stringify({ at: new Date(clock.wall()).toISOString(), ...event })}\n`);
    };
    const wire = createWire({ clock });
    const stopped = untilSignal();
    const running = await startReporter({
      ...{ listen: { host, port: endpoint.value.port }, isAllowed, wire, clock, tell },
      ...(status === undefined ? {} : { status }),
      ...(log === undefined ? {} : { log: resolve(io.cwd, log) }),
    });
    tell({ type: 'started', version, urls: [running.url] });
    // It goes on all the same: the web server may start later.
    const reading = await running.look();
    if (status !== undefined && reading?.ok === false) io.err(`usher: ${statusTrouble(status, reading)}`);

    const because = await stopped;
    await running.stop();
    await wire.close();
    tell({ type: 'stopped', because });
    return 0;
  },
};

const wrong = (what: string): ActionableError => new ActionableError(what, `usage: ${report.usage}`, 2);

const statusPage = (apache: string | undefined, nginx: string | undefined): StatusPage | undefined => {
  if (apache !== undefined && nginx !== undefined)
    throw wrong('A reporter reports from Apache or from nginx.');
  const kind = apache === undefined ? 'nginx' : 'apache';
  const text = apache ?? nginx;
  if (text === undefined) return undefined;
  const url = readUrl(text);
  const [, origin, path] = /^(https?:\/\/[^/?#]+)(\/[^#]*)$/.exec(url.ok ? url.value : '') ?? [];
  if (origin === undefined || path === undefined) {
    throw wrong(`--${kind} ${text} is no URL of a status page, such as http://127.0.0.1/server-status?auto.`);
  }
  return { kind, at: origin as Origin, path };
};
