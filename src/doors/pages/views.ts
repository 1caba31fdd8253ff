import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as eta from 'eta';
import type { View, Views } from '../../deliveries/views.ts';
import { crypto } from '../../node-crypto.ts';
import { once } from '../../once.ts';

const { createHash } = crypto;

/** The same folder whether this file runs from `src/` or, built, from `dist/`. */
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

/** The same, read and compiled when it is first wanted, and kept. */
const later = <Data extends object>(name: string): View<Data> => {
  const view = once(() => loadView<Data>(name));
  return {
    html: (data) => view().html(data),
    get contentSecurityPolicy() {
      return view().contentSecurityPolicy;
    },
  };
};

/** The pages for visitors. */
export const loadViews = (): Views => ({
  page: later('page'),
  choosing: later('choosing'),
  doubt: later('doubt'),
  sorry: later('sorry'),
  splash: later('splash'),
  busy: later('busy'),
  unanswered: later('unanswered'),
  status: later('status'),
});
