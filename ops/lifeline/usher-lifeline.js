/* global AbortSignal, document, fetch, location, navigator, Response, self, sessionStorage, URL, URLSearchParams, setTimeout, clearTimeout */
// Usher's lifeline for the secondaries' shared content: one file, put beside the pages as /usher-lifeline.js.
//
//   <script src="/usher-lifeline.js"></script>
//   <script src="/usher-lifeline.js" data-primary="https://www.example.org"></script>
//   <script src="/usher-lifeline.js" data-way-in></script>
//
// As a script it registers itself as a service worker; as a service worker it watches clicks. Where one fails because
// this secondary is gone, the visitor is brought back to the primary with his path, and the primary sends him to
// another. It carries nothing, stores nothing, and needs https, or localhost. With data-way-in it also brings
// along what lets returning visitors in while the primary is down. README.md beside it says more.

(() => {
  const PATIENCE_MS = 4000;
  const ANSWER_MS = 3000;
  const SOON_MS = 5000;

  const isPrimary = (text) => /^https?:\/\/[^/?#\\@]+$/.test(text);

  /** Once a session a page of the primary that nobody sees: only that can register a service worker there. */
  const bringWayIn = (primary) => {
    try {
      if (sessionStorage.getItem('usher-way-in') !== null) return;
      sessionStorage.setItem('usher-way-in', '1');
    } catch {
      return;
    }
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = `${primary}/.usher/way-in`;
    document.documentElement.append(frame);
  };

  if (typeof document !== 'undefined') {
    const { src, dataset } = document.currentScript;
    const primary = dataset.primary ?? `${location.protocol}//${location.hostname}`;
    // The primary may carry these pages over its own port: there it needs no way back to itself.
    if (!isPrimary(primary) || primary === location.origin || !('serviceWorker' in navigator)) return;
    if ('wayIn' in dataset) bringWayIn(primary);
    const own = new URL(src);
    own.search = new URLSearchParams({ primary }).toString();
    const workers = navigator.serviceWorker;
    const register = async () => {
      const known = await workers.getRegistration('/');
      const script = (known?.active ?? known?.waiting ?? known?.installing)?.scriptURL;
      // A service worker of the site's own stays: a path has room for one.
      if (script === undefined || new URL(script).pathname === own.pathname) {
        await workers.register(own.pathname + own.search, { scope: '/' });
      }
    };
    register().catch(() => undefined);
    return;
  }

  const primary = new URL(self.location.href).searchParams.get('primary') ?? '';
  let broughtBackAt = -Infinity;

  /** Whether somebody answers there within a while. */
  const answers = async (url) => {
    try {
      await fetch(url, {
        method: 'HEAD',
        mode: 'no-cors',
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return true;
    } catch {
      return false;
    }
  };

  /** The page; refused where nothing comes and this secondary says nothing else either. */
  const ask = (request) =>
    new Promise((resolve, reject) => {
      const look = setTimeout(async () => {
        // A page may take its time; a server that does not even give this file is gone.
        if (await answers(self.location.href)) return;
        reject(new Error('no answer'));
      }, PATIENCE_MS);
      const done = () => clearTimeout(look);
      fetch(request).then(resolve, reject).finally(done);
    });

  const follow = async (request) => {
    try {
      return await ask(request);
    } catch {
      // His own network is off, or the primary is gone too: there is no better place to be than here.
      if (!self.navigator.onLine || !(await answers(`${primary}/.usher/lifeline`))) return Response.error();
      const now = Date.now();
      if (now - broughtBackAt < SOON_MS) return oneMoment();
      broughtBackAt = now;
      const { pathname, search } = new URL(request.url);
      const back = new URLSearchParams({ not: self.location.origin, to: pathname + search, by: 'lifeline' });
      return Response.redirect(`${primary}/.usher/other?${back}`, 302);
    }
  };

  /** The primary has sent him here again at once: nobody else is there. */
  const oneMoment = () =>
    new Response(
      '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
        '<meta http-equiv="refresh" content="5"><title>One moment, please</title>' +
        '<body style="font:1.1rem/1.6 system-ui;max-width:36rem;margin:20vh auto;padding:0 1.5rem">' +
        '<h1>One moment, please.</h1><p>No server answers right now. This page asks again by itself.</p>',
      { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' } },
    );

  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener('fetch', (event) => {
    const { request } = event;
    // What a form sends may have arrived: it is not sent twice.
    if (request.mode !== 'navigate' || request.method !== 'GET' || !isPrimary(primary)) return;
    event.respondWith(follow(request));
  });
})();
