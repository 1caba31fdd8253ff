import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import type { View } from '../../../public/dashboard-view.js';
import type { Dashboard } from '../../dashboard/dashboard.ts';
import type { Metrics } from '../../dashboard/metrics.ts';
import type { Pages } from '../../dashboard/page.ts';
import type { Look } from '../../dashboard/look.ts';
import { eventWords } from '../../dashboard/words.ts';
import type { Settings } from '../../config/settings.ts';
import type { Journal } from '../../journal.ts';
import type { Explained, Undecided, Wanted } from '../why/explain.ts';
import type { Foreseen } from '../why/foresee.ts';
import type { WhyTeller } from '../why/why.ts';
import { editingPages, MOST_BYTES, type Editing, type EditingPages } from './editing.ts';

/** What the pages of the admin door show. */
export interface SiteSources {
  readonly dashboard: Dashboard;
  readonly metrics: () => Promise<Metrics>;
  /** absent: there is no file that could be edited */
  readonly editing?: Editing;
  readonly mistakes: () => readonly string[];
  readonly pages: () => Promise<Pages>;
  /** absent: nobody knows */
  readonly foresee?: (settings: Settings) => Promise<Foreseen | undefined>;
  /** the decision for a visitor who would come now; absent: nobody knows */
  readonly explain?: (wanted: Wanted) => Promise<Explained | Undecided>;
  /** absent: nobody tells why */
  readonly why?: () => Promise<WhyTeller>;
  /** by which proof somebody came in; `undefined`: none was asked for */
  readonly cameBy: (request: IncomingMessage) => string | undefined;
  readonly journal: Journal;
}

/** The same folder whether this file runs from `src/doors/admin/` or, built, from `dist/doors/admin/`. */
const PUBLIC = fileURLToPath(new URL('../../../public/', import.meta.url));

/** The only files of `public/` that this door gives out. */
const ASSET = /^\/dashboard[a-z-]*\.(?:css|js|svg)$/;

/** What draws the charts, from its own package: nothing comes from anywhere else. */
const CHARTS: Readonly<Record<string, () => string>> = {
  '/dashboard-uplot.js': () => import.meta.resolve('uplot/dist/uPlot.esm.js'),
  '/dashboard-uplot.css': () => import.meta.resolve('uplot/dist/uPlot.min.css'),
};

/** Files of a package all bear the same date: nothing that a cache could tell versions apart by. */
const STATIC = {
  index: false,
  redirect: false,
  cacheControl: false,
  etag: false,
  lastModified: false,
} as const;

/**
 * Nothing but our own files runs, nobody frames us, nothing goes out, and no string becomes markup. No HSTS: it would
 * send visitors of every other port of this host to https too.
 */
const PROTECTION = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
      'require-trusted-types-for': ["'script'"],
      'trusted-types': ["'none'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
} as const;

/** Everything behind the gate, as an Express app. Express itself is loaded now, when somebody first asks. */
export const createSite = async (sources: SiteSources): Promise<Express> => {
  const [{ default: express }, { default: helmet }] = await Promise.all([
    import('express'),
    import('helmet'),
  ]);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', false);
  app.use(helmet(PROTECTION));
  app.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  for (const [path, file] of Object.entries(CHARTS)) {
    app.get(path, (_request, response) => {
      response.sendFile(fileURLToPath(file()), STATIC);
    });
  }
  app.get(ASSET, express.static(PUBLIC, STATIC));
  for (const [path, answer] of Object.entries({ ...pagesOf(sources), ...whyPages(sources) })) {
    app
      .route(path)
      .get(answer)
      .all((_request, response) => {
        response.setHeader('Allow', 'GET, HEAD');
        say(response, 405, 'This can only be read.');
      });
  }
  const { editing } = sources;
  const { refuseTwice } = await import('./refuse-twice.ts');
  const read = express.json({ limit: MOST_BYTES, inflate: false, strict: false, verify: refuseTwice });
  for (const [path, methods] of Object.entries(
    editing === undefined ? {} : editingPages({ ...sources, editing }),
  )) {
    const route = app.route(path);
    for (const [method, change] of Object.entries(methods)) route[method as 'get'](read, change);
    route.all((_request, response) => {
      response.setHeader('Allow', allowed(methods));
      say(response, 405, 'This cannot be done here.');
    });
  }
  app.use((request, response) => {
    if (ASSET.test(request.path)) {
      response.setHeader('Allow', 'GET, HEAD');
      say(response, 405, 'This can only be read.');
    } else say(response, 404, 'There is nothing here.');
  });
  app.use(failed(sources.journal));
  return app;
};

const allowed = (methods: EditingPages[string]): string =>
  Object.keys(methods)
    .map((method) => (method === 'get' ? 'GET, HEAD' : method.toUpperCase()))
    .join(', ');

const pagesOf = ({
  dashboard,
  metrics,
  pages,
  editing,
}: SiteSources): Readonly<Record<string, RequestHandler>> => ({
  '/': async (request, response) => {
    const { dashboard: render } = await pages();
    const html = render({
      look: dashboard.look(),
      entries: dashboard.entries(),
      beats: dashboard.beats,
      isEditable: editing !== undefined,
      from: fromIn(request.url),
    });
    response.type('html').send(html);
  },
  '/ohno': async (_request, response) => {
    const { ohno } = await pages();
    const { summary: status, figures, rowOf } = dashboard.look();
    const down = figures.filter(({ health }) => health === 'down').map(rowOf);
    response.type('html').send(ohno({ status, down, troubles: dashboard.troubles() }));
  },
  '/api/ohno': (_request, response) => void response.json(dashboard.troubles()),
  '/secondary/:id': async (request, response) => {
    const look = dashboard.look();
    const found = aboutSecondary(dashboard, look, request);
    if (found === undefined) {
      say(response, 404, 'No secondary is called so.');
      return;
    }
    const { secondary } = await pages();
    response.type('html').send(secondary({ ...found, status: look.summary, beats: dashboard.beats }));
  },
  '/api/failures/:id': (request, response) => {
    const found = aboutSecondary(dashboard, dashboard.look(), request);
    if (found === undefined) say(response, 404, 'No secondary is called so.');
    else response.json(found);
  },
  '/api/status': (_request, response) => void response.json(dashboard.status()),
  '/api/journal': (_request, response) => {
    response.json(dashboard.entries().map((entry) => ({ ...entry, ...eventWords(entry) })));
  },
  '/api/charts': (_request, response) => void response.json(dashboard.charts()),
  '/api/beats': (_request, response) => {
    const ids = dashboard.look().figures.map(({ id }) => id);
    response.json(Object.fromEntries(ids.map((id) => [id, dashboard.beats.of(id)])));
  },
  '/api/events': streaming(dashboard),
  '/metrics': async (_request, response) => {
    const figures = await metrics();
    response.setHeader('Content-Type', figures.contentType);
    response.send(figures.text());
  },
  '/healthz': (_request, response) => void response.type('text').send('ok\n'),
  '/readyz': (_request, response) => {
    const { isReady, words } = dashboard.readiness();
    response
      .status(isReady ? 200 : 503)
      .type('text')
      .send(`${words}\n`);
  },
});

/** The longest text that an id or the address of a secondary may hold. */
const LONGEST_WORDS = 300;

/** `?rows=100&find=web9&trouble`: what a dashboard wants to see; without `rows` all of it. */
const viewIn = (url: string): View | undefined => {
  const { searchParams: wanted } = new URL(url, 'http://here');
  const limit = Number(/^\d{1,6}$/.exec(wanted.get('rows') ?? '')?.[0] ?? 0);
  if (limit === 0) return undefined;
  return {
    words: (wanted.get('find') ?? '').slice(0, LONGEST_WORDS).toLowerCase(),
    onlyTrouble: wanted.has('trouble'),
    limit,
  };
};

/** `?from=200`: which rows a page without script begins with. */
const fromIn = (url: string): number => Number(/^\/\?from=(\d{1,6})$/.exec(url)?.[1] ?? 0);

/** One secondary, and what was wrong with it lately. */
const aboutSecondary = (dashboard: Dashboard, { figures, rowOf }: Look, { params }: Request) => {
  const figure = figures.find(({ id }) => id === params['id']);
  if (figure === undefined) return undefined;
  const row = rowOf(figure);
  const troubles = dashboard.troubles().filter(({ secondary }) => secondary === row.id);
  return { row, failures: dashboard.failures.of(row.id), troubles };
};

/** The decision for a visitor that the query describes. */
const explainPage =
  (explain: NonNullable<SiteSources['explain']>): RequestHandler =>
  async ({ url }, response) => {
    const { searchParams: asked } = new URL(url, 'http://here');
    response.json(
      await explain({
        path: asked.get('path') ?? '/',
        from: asked.get('from') ?? '127.0.0.1',
        cookie: asked.get('cookie') ?? undefined,
        host: asked.get('host') ?? undefined,
      }),
    );
  };

/** How many decisions the list of the last ones shows. */
const LATEST = 100;

/** Why visitors were sent where. */
const whyPages = ({ why, explain, pages }: SiteSources): Readonly<Record<string, RequestHandler>> => {
  if (why === undefined) return {};
  return {
    ...(explain === undefined ? {} : { '/api/explain': explainPage(explain) }),
    '/why': async (_request, response) => {
      const [{ decisions }, { latest }] = await Promise.all([pages(), why()]);
      response.type('html').send(decisions({ latest: latest(LATEST) }));
    },
    '/why/:id': async (request, response) => {
      const [page, { tell }] = await Promise.all([pages(), why()]);
      const id = String(request.params['id']);
      const told = await tell(id);
      response
        .status(told === undefined ? 404 : 200)
        .type('html')
        .send(page.why({ id, why: told }));
    },
    '/api/why': async (_request, response) => {
      const { latest } = await why();
      response.json(latest(LATEST));
    },
    '/api/why/:id': async (request, response) => {
      const { tell } = await why();
      const told = await tell(String(request.params['id']));
      if (told === undefined) say(response, 404, 'This is none of the last decisions of this run.');
      else response.json(told);
    },
  };
};

/** Server-Sent Events: what a browser's EventSource listens to. */
const streaming =
  ({ stream }: Dashboard): RequestHandler =>
  (request, response) => {
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // a picture in another site's page would hold a place
    if (!/text\/event-stream/i.test(request.headers.accept ?? '')) {
      say(response, 406, 'Events come to whoever accepts text/event-stream.');
      return;
    }
    const leave = stream.join(
      {
        write: (text) => response.write(text),
        backlog: () => response.writableLength,
        close: () => response.destroy(),
      },
      viewIn(request.url),
    );
    if (leave === undefined) {
      response.setHeader('Retry-After', '10');
      say(response, 503, 'A hundred dashboards are open already.');
      return;
    }
    response.on('close', leave);
  };

/** Answers a program in JSON, a person in a line of text. */
const say = (response: Response, status: number, words: string): void => {
  response.status(status);
  if (response.req.path.startsWith('/api/')) response.type('json').json({ error: words });
  else response.type('text').send(`${words}\n`);
};

/** What Express refuses by itself is the visitor's doing; everything else is ours, and goes to the journal. */
const failed =
  (journal: Journal): ErrorRequestHandler =>
  // eslint-disable-next-line @typescript-eslint/max-params -- Express knows an error middleware by its four parameters
  (error: unknown, _request, response, next) => {
    const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
    const isVisitors = typeof status === 'number' && status >= 400 && status < 500;
    if (!isVisitors) journal({ type: 'bug', where: 'admin door', error: String(error) });
    if (response.headersSent) next(error);
    else if (isVisitors) say(response, status, bodyWords(error, type) ?? 'This request makes no sense.');
    else say(response, 500, 'Something broke here that should not have. The journal says what.');
  };

/** What is wrong with a body that the parser refused. */
const bodyWords = (error: unknown, type: unknown): string | undefined => {
  switch (type) {
    case 'key.twice':
      return (error as Error).message;
    case 'entity.parse.failed':
      return 'The body of a change is a JSON object; this is no JSON.';
    case 'entity.too.large':
      return 'The body of a change has at most 64 KiB.';
    case 'encoding.unsupported':
      return 'The body of a change is taken uncompressed.';
    case 'charset.unsupported':
      return 'The body of a change is UTF-8.';
    default:
      return undefined;
  }
};
