import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { readOnly, refusal } from '../../deliveries/refusal.ts';
import { sorry } from '../../deliveries/sorry.ts';
import { splash } from '../../deliveries/splash.ts';
import { readVisit } from '../../dispatch/visit/visit.ts';
import { once } from '../../once.ts';
import { answeringChallenges } from '../acme/answer-challenge.ts';
import { arrivalOf } from '../public/arrival-of.ts';
import type { OwnPath } from './own-path.ts';
import { ownPaths, plainPaths } from './own-paths.ts';
import { sendReply } from './send-reply.ts';
import type { SiteParts } from './site-parts.ts';

/** Answers, unless it rejects before that. */
export type Site = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The primary's own pages, an Express app behind dispatch: files of the site folder and what stands under `/.usher/`.
 * Express is loaded when the first visitor wants one of them.
 */
export const createSite = (parts: SiteParts): Site => {
  const { counted } = parts;
  const paths = ownPaths({
    ...parts,
    send: (request, response, answer) => {
      counted('other');
      sendReply(request, response, answer);
    },
  });
  const plainly = plainPaths(paths);
  const challenges = answeringChallenges(parts);
  const app = once(() => build(parts, paths));
  return async (request, response) => {
    const plain = plainly(request);
    if (plain !== undefined) plain(request, response);
    else if (!challenges(request, response)) (await app())(request, response);
  };
};

/** What Express and its static files throw. */
interface HttpError {
  readonly status: number;
}

const build = async (parts: SiteParts, paths: readonly OwnPath[]): Promise<RequestListener> => {
  const { settings, views, reader, counted, broke } = parts;
  const [{ default: express }, { default: helmet }, { default: cookieParser }] = await Promise.all([
    import('express'),
    import('helmet'),
    import('cookie-parser'),
  ]);
  const { siteFolder, entrances, whenAllDown, debug } = settings;

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', 'weak');
  // These are the operator's own pages: what they may embed, be framed by or refer to is his affair, and HSTS would
  // turn secondaries on plain ports of this host into https ones.
  app.use(
    helmet({
      contentSecurityPolicy: false,
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: false,
      originAgentCluster: false,
      referrerPolicy: false,
      strictTransportSecurity: false,
      xFrameOptions: false,
    }),
  );
  if (debug) {
    app.use((_request, response, next) => {
      response.setHeader('X-Usher', '- local');
      next();
    });
  }
  const cookies = cookieParser();
  for (const { path, method, through, answer } of paths) {
    if (through === 'express') app[method === 'GET' ? 'get' : 'post'](path, cookies, answer);
  }
  app.use(/^\/(?:\.usher|\.well-known\/acme-challenge)(?:\/|$)/, (request, response) => {
    counted('local');
    sendReply(request, response, { reply: refusal(404) });
  });
  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      next();
      return;
    }
    counted('405');
    sendReply(request, response, { reply: readOnly });
  });
  app.use((_request, _response, next) => {
    counted('local');
    next();
  });
  app.use(express.static(siteFolder, { fallthrough: true, redirect: false, dotfiles: 'ignore', maxAge: 0 }));
  app.use((request, response) => {
    const { path } = request;
    const visit = readVisit(arrivalOf(request), reader);
    if (typeof visit === 'string') {
      sendReply(request, response, { reply: refusal(400) });
      return;
    }
    if (path === '/splash.html') {
      sendReply(request, response, { reply: splash(visit.host, views) });
      return;
    }
    const isLocal = entrances.get(path) === 'local';
    if (isLocal || whenAllDown.kind !== 'local') {
      sendReply(request, response, { reply: refusal(404) });
      return;
    }
    counted('none');
    sendReply(request, response, { reply: sorry(visit, views) });
  });
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/max-params
  const onError: ErrorRequestHandler = (error: Partial<HttpError>, request, response, _next) => {
    if ((error.status ?? 500) < 500) {
      sendReply(request, response, { reply: refusal(404) });
      return;
    }
    broke(error);
    response.setHeader('Retry-After', '5');
    response.writeHead(503, { 'Content-Length': 0 }).end();
  };
  app.use(onError);
  return app as RequestListener;
};
