import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as eta from 'eta';
import type {
  BusyData,
  ChoosingData,
  DoubtData,
  PageData,
  SorryData,
  SplashData,
  StatusData,
  UnansweredData,
  View,
  Views,
} from '../../deliveries/views.ts';
import { crypto } from '../../node-crypto.ts';
import { once } from '../../once.ts';

const { createHash } = crypto;

/** The same folder whether this file runs from `src/doors/` or, built, from `dist/doors/`. */
const FOLDER = fileURLToPath(new URL('../../../views/', import.meta.url));

/** Loads the template engine when a page is first wanted: a primary that only redirects never needs it. */
const templates = once((): eta.Eta => {
  const { Eta } = createRequire(import.meta.url)('eta') as typeof eta;
  const engine = new Eta({ views: FOLDER, cache: true, autoTrim: false, rmWhitespace: true });
  engine.readFile = (path) => squeezed(readFileSync(path, 'utf8'));
  return engine;
});

/**
 * A template whose styles and scripts have lost the spaces and semicolons that only people read: a page for visitors has
 * to be small. What stands in quotes keeps its own, but for those around such signs.
 */
const squeezed = (template: string): string =>
  template
    // in styles a sign needs its spaces, and so does one before its like: a + +b
    .replace(/<script>.*?<\/script>/gs, (script) => script.replace(/ ([-+*/]) (?![-+])/g, '$1'))
    .replace(/<(style|script)>.*?<\/\1>/gs, (element) =>
      element.replace(/[ \n]*([{}();,:=?<>&|])[ \n]*/g, '$1').replaceAll(';}', '}'),
    );

/** Every script or style of a page as a source that its Content-Security-Policy permits. */
const hashesOf = (element: 'script' | 'style', html: string): string => {
  const bodies = html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'));
  const hashes = Array.from(bodies, ([, body = '']) => createHash('sha256').update(body).digest('base64'));
  return hashes.length === 0 ? "'none'" : hashes.map((hash) => `'sha256-${hash}'`).join(' ');
};

/**
 * Icons may be data, because an empty one keeps browsers from asking for /favicon.ico. frame-ancestors is left open:
 * where a secondary may be framed, the page on the way to it has to be.
 */
const contentSecurityPolicyFor = (html: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashesOf('script', html)}`,
    `style-src ${hashesOf('style', html)}`,
    'img-src data:',
    "base-uri 'none'",
    `form-action ${html.includes('<form') ? "'self'" : "'none'"}`,
  ].join('; ');

/**
 * Reads and compiles one template of `views/`. Its scripts and styles stand in it unconditionally and hold no data, so
 * that their hashes can be taken from the page filled with nothing; and its data is flat.
 *
 * @param name the file's name without `.eta`
 */
export const loadView = <Data extends object>(name: string): View<Data> => {
  const html = (data: Data): string => templates().render(name, data);
  return { html, contentSecurityPolicy: contentSecurityPolicyFor(html({} as Data)) };
};

/** The pages for visitors. Each is read and compiled when it is first wanted, and kept. */
export const loadViews = (): Views => {
  const page = once(() => loadView<PageData>('page'));
  const choosing = once(() => loadView<ChoosingData>('choosing'));
  const doubt = once(() => loadView<DoubtData>('doubt'));
  const sorry = once(() => loadView<SorryData>('sorry'));
  const splash = once(() => loadView<SplashData>('splash'));
  const busy = once(() => loadView<BusyData>('busy'));
  const unanswered = once(() => loadView<UnansweredData>('unanswered'));
  const status = once(() => loadView<StatusData>('status'));
  return {
    get page() {
      return page();
    },
    get choosing() {
      return choosing();
    },
    get doubt() {
      return doubt();
    },
    get sorry() {
      return sorry();
    },
    get splash() {
      return splash();
    },
    get busy() {
      return busy();
    },
    get unanswered() {
      return unanswered();
    },
    get status() {
      return status();
    },
  };
};
