import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import type { Settings } from '../config/settings.ts';
import { readOnly, refusal } from '../deliveries/refusal.ts';
import { sorry } from '../deliveries/sorry.ts';
import { splash } from '../deliveries/splash.ts';
import type { Views } from '../deliveries/views.ts';
import type { Affinity } from '../dispatch/affinity.ts';
import type { Answer, Dispatch } from '../dispatch/dispatch.ts';
import { readVisit, type VisitReader } from '../dispatch/visit.ts';
import type { Reply } from '../model/reply.ts';
import { once } from '../once.ts';
import { arrivalOf } from './arrival-of.ts';
import { sendToOther } from './other.ts';

export interface SiteParts {
  readonly settings: Settings;
  readonly views: Views;
  readonly reader: VisitReader;
  readonly dispatch: Dispatch['dispatch'];
  readonly affinity: Affinity | undefined;
  readonly counted: (what: string) => void;
  /** something broke that should not have */
  readonly broke: (error: unknown) => void;
}

/**
 * The primary's own pages, an Express app behind dispatch: files of the site folder and what stands under `/.usher/`.
 * Express is loaded when the first visitor wants one of them.
 */
export const createSite = (parts: SiteParts): RequestListener => {
  const app = once(() => build(parts));
  return (request, response) => {
    app()
      .then((answer) => {
        answer(request, response);
      })
      .catch((error: unknown) => {
        parts.broke(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(503, ['Retry-After', '5', 'Content-Length', '0']).end();
      });
  };
};

/** What Express and its static files throw. */
interface HttpError {
  readonly status: number;
}

const build = async (parts: SiteParts): Promise<RequestListener> => {
  const { settings, views, reader, counted, broke } = parts;
  const [{ default: express }, { default: helmet }, { default: cookieParser }] = await Promise.all([
    import('express'),
    import('helmet'),
    import('cookie-parser'),
  ]);
  const { siteFolder, entrances, whenAllDown, debug } = settings;

  const send = (response: ServerResponse, method: string | undefined, reply: Reply): void => {
    const { status, headers, body = '' } = reply;
    for (let at = 0; at + 1 < headers.length; at += 2) {
      response.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
    }
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const sendAnswered = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
    counted('other');
    if (answer.cookie !== undefined) response.appendHeader('Set-Cookie', answer.cookie);
    send(response, request.method, answer.reply);
  };

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
  app.get('/.usher/other', cookieParser(), sendToOther({ ...parts, send: sendAnswered }));
  app.use(/^\/(?:\.usher|\.well-known\/acme-challenge)(?:\/|$)/, (request, response) => {
    counted('local');
    send(response, request.method, refusal(404));
  });
  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      next();
      return;
    }
    counted('405');
    send(response, request.method, readOnly);
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
      send(response, request.method, refusal(400));
      return;
    }
    if (path === '/splash.html') {
      send(response, request.method, splash(visit.host, views));
      return;
    }
    const isLocal = entrances.get(path) === 'local';
    if (isLocal || whenAllDown.kind !== 'local') {
      send(response, request.method, refusal(404));
      return;
    }
    counted('none');
    send(response, request.method, sorry(visit, views));
  });
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/max-params
  const onError: ErrorRequestHandler = (error: Partial<HttpError>, request, response, _next) => {
    if ((error.status ?? 500) < 500) {
      send(response, request.method, refusal(404));
      return;
    }
    broke(error);
    response.setHeader('Retry-After', '5');
    response.writeHead(503, { 'Content-Length': 0 }).end();
  };
  app.use(onError);
  return app as RequestListener;
};
