/* global AbortSignal, KEEP_MS, caches, document, fetch, navigator, Response, self, setTimeout, clearTimeout, URL */
// The way in while the primary is down, served as /.usher/way-in.js behind a line that says for how long (KEEP_MS, 0: no
// more). As the script of the page /.usher/way-in it registers itself as a service worker; as a service worker it lets
// every page through, and learns now and then whom the primary would send this visitor to. Where the primary does not
// answer at all, it sends him there itself, with his path. Whatever the primary answers stands.

(() => {
  const OWN = '/.usher/way-in.js';
  const LIST = '/.usher/way-in.list';
  const PATIENCE_MS = 4000;
  const ANSWER_MS = 3000;
  const LEARN_MS = 300_000;

  if (typeof document !== 'undefined') {
    const workers = navigator.serviceWorker;
    const scriptOf = (known) => (known?.active ?? known?.waiting ?? known?.installing)?.scriptURL ?? '';
    // The primary may carry pages of a secondary that has a service worker of its own for all paths: that one stays.
    const register = async () => {
      const known = scriptOf(await workers.getRegistration('/'));
      if (KEEP_MS > 0 && (known === '' || known.endsWith(OWN))) await workers.register(OWN, { scope: '/' });
    };
    if (workers !== undefined) register().catch(() => undefined);
    return;
  }

  const forget = async () => {
    await caches.delete(LIST);
    await self.registration.unregister();
  };

  /** Whom it was told of last, the best first, and when; nobody where that is too long ago. */
  const known = async () => {
    const kept = await caches.match(LIST);
    const { at, origins, landing } = kept === undefined ? { at: 0 } : await kept.json();
    const age = Date.now() - at;
    return age >= 0 && age < KEEP_MS
      ? { age, origins, landing }
      : { age: Infinity, origins: [], landing: '/' };
  };

  const learn = async () => {
    if ((await known()).age < LEARN_MS) return;
    const answer = await fetch('/', { headers: { Accept: 'application/json' }, redirect: 'manual' });
    if (!answer.ok || !(answer.headers.get('Content-Type') ?? '').startsWith('application/json')) return;
    const { url, alternatives, because } = await answer.json();
    // Then it names a place for those whom nobody serves, which is no secondary.
    if (because === 'all-down') return;
    const origins = [url, ...alternatives].map((each) => new URL(each).origin);
    const cache = await caches.open(LIST);
    const landing = url.slice(origins[0].length);
    await cache.put(LIST, new Response(JSON.stringify({ at: Date.now(), origins, landing })));
  };

  /** Whether anything at all comes from there. */
  const answers = async (url) => {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      await fetch(url, { method: 'HEAD', mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal });
      return true;
    } catch {
      return false;
    }
  };

  /** The page; refused where nothing comes for a while and the primary says nothing else either. */
  const ask = (request) =>
    new Promise((resolve, reject) => {
      const look = setTimeout(async () => {
        if (!(await answers('/.usher/lifeline'))) reject(new Error('no answer'));
      }, PATIENCE_MS);
      fetch(request)
        .then(resolve, reject)
        .finally(() => clearTimeout(look));
    });

  /** The first in the list who answers; of those that an encrypted page may not ask, the first. */
  const whoAnswers = async (origins) => {
    const isAskable = (origin) => origin.startsWith('https:') || self.location.protocol === 'http:';
    for (const origin of origins.filter(isAskable)) if (await answers(`${origin}/favicon.ico`)) return origin;
    return self.navigator.onLine ? origins.find((origin) => !isAskable(origin)) : undefined;
  };

  const follow = async (event) => {
    const { request } = event;
    try {
      const answer = await ask(request);
      event.waitUntil(learn().catch(() => undefined));
      return answer;
    } catch {
      const { pathname, search } = new URL(request.url);
      const { origins, landing } = await known();
      const origin = await whoAnswers(origins);
      if (origin === undefined) return Response.error();
      return Response.redirect(origin + (pathname + search === '/' ? landing : pathname + search), 302);
    }
  };

  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => {
    event.waitUntil(
      KEEP_MS > 0
        ? self.clients
            .claim()
            .then(learn)
            .catch(() => undefined)
        : forget(),
    );
  });
  self.addEventListener('fetch', (event) => {
    const { request } = event;
    if (KEEP_MS === 0 || request.mode !== 'navigate' || request.method !== 'GET') return;
    // What is Usher's own is asked of Usher.
    if (!new URL(request.url).pathname.startsWith('/.usher/')) event.respondWith(follow(event));
  });
})();
