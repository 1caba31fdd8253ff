import type { Browser } from 'playwright-core';
import { openBrowser } from '../../real/chromium.ts';
import { cpuUsOf, familyOf } from '../usage.ts';
import type { BigPool } from './big-pool.ts';

/** What one open page costs. */
export interface PageCost {
  /** until the page stood, its script ran and all that it shows came, in milliseconds after the navigation began */
  readonly renderMs: number;
  /** parts of a core, while it is brought up to date once a second */
  readonly browserCores: number;
  /** the same of Usher, with what the page costs it only */
  readonly serverCores: number;
}

/** The charts show themselves when the page has heard the whole, and two frames later it is painted. */
const SHOWN = `new Promise((done) => {
  const look = () => document.querySelector('#charts[hidden]') === null
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
    : requestAnimationFrame(look);
  look();
})`;

/** Opens the page of a pool in Chromium and watches it for so many seconds. */
export const watchPage = async (pool: BigPool, seconds: number): Promise<PageCost> => {
  const server = (): number => cpuUsOf(familyOf(pool.program.pid));
  const open = await withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    // once to warm both up, as whoever opens it a second time finds it
    await page.goto(pool.adminUrl);
    await page.evaluate(SHOWN);
    await page.goto(pool.adminUrl);
    const renderMs = await page.evaluate<number>(SHOWN);
    await during(2, {});
    const pids = await processesOf(browser);
    return { renderMs, cores: await during(seconds, { server, browser: () => cpuUsOf(pids) }) };
  });
  // Only now: what a process does in its first seconds is no rest.
  await during(2, {});
  const rest = await during(seconds, { server });
  return {
    renderMs: open.renderMs,
    browserCores: open.cores['browser'] ?? NaN,
    serverCores: (open.cores['server'] ?? NaN) - (rest['server'] ?? NaN),
  };
};

const withBrowser = async <Seen>(look: (browser: Browser) => Promise<Seen>): Promise<Seen> => {
  const browser = await openBrowser();
  try {
    return await look(browser);
  } finally {
    await browser.close();
  }
};

const processesOf = async (browser: Browser): Promise<readonly number[]> => {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.map(({ id }) => id);
};

/** The parts of a core that each takes for so many seconds. */
const during = async (
  seconds: number,
  meters: Readonly<Record<string, () => number>>,
): Promise<Readonly<Record<string, number>>> => {
  const read = () => Object.entries(meters).map(([name, meter]) => [name, meter()] as const);
  const before = new Map(read());
  const beganAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const tookUs = (performance.now() - beganAt) * 1000;
  return Object.fromEntries(read().map(([name, us]) => [name, (us - (before.get(name) ?? 0)) / tookUs]));
};
