// Usher's guard for a secondary on Express (or Connect): who comes without having been sent goes through the primary
// once. Copy this file; it needs nothing else. README.md beside it says what it does.
//
//   import { guard } from './express.js';
//   app.use(guard({ primary: 'http://www.example.org' }));

const MARK = 'usher-through=1';

/** Middleware that sends strays through the primary. */
export const guard = ({ primary, cookie = 'usher' }) => {
  const { origin, protocol } = new URL(primary);
  if (!/^https?:$/.test(protocol) || !/^https?:\/\/[^/?#]+\/?$/.test(primary)) {
    throw new TypeError(`primary is ${primary}, and only an origin such as http://www.example.org fits`);
  }
  const names = [`${cookie}=`, `__Host-${cookie}=`];

  return (request, response, next) => {
    const { method, headers } = request;
    const target = request.originalUrl ?? request.url;
    if (!isPage(method, headers) || !target.startsWith('/')) {
      next();
      return;
    }
    const wanted = unmarked(target);
    const isKnown = (headers.cookie ?? '')
      .split(';')
      .some((each) => names.some((name) => each.trimStart().startsWith(name)));
    const isMarked = /[?&]usher-through=1(?:&|$)/.test(target);

    if (!isKnown && !isMarked && !isFromHere(headers)) {
      send(response, `${origin}${target}${target.includes('?') ? '&' : '?'}${MARK}`);
      return;
    }
    if (isKnown && wanted !== target && isHost(headers.host)) {
      const scheme = request.socket.encrypted ? 'https' : 'http';
      send(response, `${scheme}://${headers.host}${wanted}`);
      return;
    }
    if (/^[^\s<>"]*$/.test(wanted)) response.appendHeader('Link', `<${origin}${wanted}>; rel="canonical"`);
    next();
  };
};

const isPage = (method, headers) =>
  (method === 'GET' || method === 'HEAD') &&
  (headers.accept ?? '').includes('text/html') &&
  ['document', undefined].includes(headers['sec-fetch-dest']);

const isHost = (host) => /^[\w.:[\]-]+$/.test(host ?? '');

const isFromHere = ({ referer = '', host }) =>
  ['http', 'https'].some((scheme) => `${referer}/`.startsWith(`${scheme}://${host}/`));

/** A target without the mark, which stands at its end. */
const unmarked = (target) =>
  /[?&]usher-through=1$/.test(target) ? target.slice(0, -MARK.length - 1) : target;

const send = (response, location) => {
  response.writeHead(302, { Location: location, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
};
