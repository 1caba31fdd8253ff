// Usher's guard for a secondary on Express (or Connect): who comes without having been sent goes through the primary
// once. Copy this file; it needs nothing else. README.md beside it says what it does.
//
//   import { guard } from './express.js';
//   app.use(guard({ primary: 'http://www.example.org', id: 'web1', drain: '/run/usher-drain' }));

import { existsSync } from 'node:fs';

const MARK = 'usher-through=1';

/** Middleware that sends strays through the primary, and hands its visitors back while the file `drain` exists. */
export const guard = ({ primary, cookie = 'usher', id, drain }) => {
  const { origin, protocol } = new URL(primary);
  if (!/^https?:$/.test(protocol) || !/^https?:\/\/[^/?#]+\/?$/.test(primary)) {
    throw new TypeError(`primary is ${primary}, and only an origin such as http://www.example.org fits`);
  }
  if (drain !== undefined && !/^[a-z0-9][a-z0-9._-]{0,62}$/.test(id ?? '')) {
    throw new TypeError(`id is ${id}, and only the id that the primary's list has for this server fits`);
  }
  const isDraining = () => drain !== undefined && existsSync(drain);
  const names = [`${cookie}=`, `__Host-${cookie}=`];

  return (request, response, next) => {
    const { method, headers } = request;
    request.usherAssignment = assignmentOf(headers.cookie, names);
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
    if (isDraining()) {
      // Who came back with the mark has nobody else to go to.
      if (isKnown && !isMarked && !isAhead(headers)) {
        const mark = `${target.includes('?') ? '&' : '?'}${MARK}`;
        send(response, `${origin}/.usher/back/${id}${target}${mark}`);
        return;
      }
    } else if (isKnown && wanted !== target) {
      send(response, relativeToItself(wanted));
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

/** A browser that fetches ahead of its visitor. */
const isAhead = (headers) => /prefetch/.test(`${headers['sec-purpose']} ${headers['purpose']}`);

/** Whom the primary sent the visitor to, and since when: what stands in its cookie before the signature. */
const assignmentOf = (header = '', names) => {
  for (const each of header.split(';').map((text) => text.trim())) {
    const name = names.find((known) => each.startsWith(known));
    const found =
      name &&
      /^([a-z0-9][a-z0-9._-]{0,62}\.[0-9a-z]{1,11})\.[\w-]{22}(?:[\w-]{4})?$/.exec(each.slice(name.length));
    if (found) return found[1];
  }
  return undefined;
};

const isFromHere = ({ referer = '', host }) =>
  ['http', 'https'].some((scheme) => `${referer}/`.startsWith(`${scheme}://${host}/`));

/** A target without the mark, which stands at its end. */
const unmarked = (target) =>
  /[?&]usher-through=1$/.test(target) ? target.slice(0, -MARK.length - 1) : target;

/** Relative: whether this server was asked by https, and under which name, is for whoever stands before it to know. */
const relativeToItself = (target) => {
  const [path] = target.split('?', 1);
  return `./${target.slice(path.lastIndexOf('/') + 1)}`;
};

const send = (response, location) => {
  response.writeHead(302, { Location: location, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
};
