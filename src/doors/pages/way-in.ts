import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { once } from '../../once.ts';
import type { PlainPath } from './own-path.ts';
import { sendReply } from './send-reply.ts';
import type { SiteParts } from './site-parts.ts';

/** The same file whether this one runs from `src/doors/` or, built, from `dist/doors/`. */
const FILE = fileURLToPath(new URL('../../../public/way-in.js', import.meta.url));

const PAGE = '<!doctype html><title>Way in</title><script src="/.usher/way-in.js"></script>';

/**
 * The way in while the primary is down: a page that registers a service worker, and its script. Where the config does not
 * want it the script is there all the same: a browser that has it from before gets rid of it by it.
 */
export const wayIn = ({ settings: { wayInMs = 0 } }: Pick<SiteParts, 'settings'>): readonly PlainPath[] => {
  const script = once(() => `const KEEP_MS = ${String(wayInMs)};\n${readFileSync(FILE, 'utf8')}`);
  const common = ['Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff'];
  const page: RequestListener = (request, response) => {
    const policy =
      "default-src 'none'; script-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";
    const headers = [
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Security-Policy',
      policy,
      ...common,
    ];
    sendReply(request, response, { reply: { status: 200, headers, body: PAGE } });
  };
  const worker: RequestListener = (request, response) => {
    const headers = [
      ...['Content-Type', 'text/javascript; charset=utf-8', 'Service-Worker-Allowed', '/'],
      ...['Content-Security-Policy', "default-src 'none'; connect-src 'self' http: https:", ...common],
    ];
    sendReply(request, response, { reply: { status: 200, headers, body: script() } });
  };
  return [
    ...(wayInMs > 0
      ? [{ path: '/.usher/way-in', method: 'GET', through: 'node', answer: page } as const]
      : []),
    { path: '/.usher/way-in.js', method: 'GET', through: 'node', answer: worker },
  ];
};
