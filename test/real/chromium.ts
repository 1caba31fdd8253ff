import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { startProgram, type Program } from './program.ts';

const PROGRAM = process.env['USHER_CHROMIUM'] ?? '/usr/bin/chromium';

/** Without sandbox, as root in a container has none; and without anything that would reach for the internet. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** How a browser is opened. */
export interface BrowserOptions {
  /** names that it finds at an address of this machine, e.g. `{ 'www.example.org': '127.0.0.1' }` */
  readonly hosts?: Readonly<Record<string, string>>;
  /** further arguments of Chromium */
  readonly args?: readonly string[];
  /** makes a program that runs Chromium elsewhere, say in a network of its own */
  readonly wrap?: (program: string) => Promise<string>;
}

/**
 * Opens Debian's Chromium without a window. Each `browser.newContext()` is a visitor with cookies of his own; what is
 * opened has to be closed with `browser.close()`.
 */
export const openBrowser = async ({
  hosts = {},
  args = [],
  wrap = (program) => Promise.resolve(program),
}: BrowserOptions = {}): Promise<Browser> => {
  mustExist();
  const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  return chromium.launch({
    executablePath: await wrap(PROGRAM),
    args: [
      ...ARGUMENTS,
      ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(', ')}`]),
      ...args,
    ],
  });
};

/** Opens it with a profile of its own in a folder, as a visitor's own browser: what he closed he may open again. */
export const openProfile = async (folder: string, args: readonly string[] = []): Promise<BrowserContext> => {
  mustExist();
  return chromium.launchPersistentContext(folder, {
    executablePath: PROGRAM,
    args: [...ARGUMENTS, ...args],
  });
};

/**
 * Starts it at an address with nobody attached to it, as a visitor has it: whoever watches a browser slows it down. What
 * it does the pages themselves have to say.
 */
export const startUnwatched = (folder: string, url: string): Promise<Program> => {
  mustExist();
  const words = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${folder}`, url];
  return startProgram([PROGRAM, ...ARGUMENTS, ...words], /DevTools listening/, 'chromium');
};

const mustExist = (): void => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: apt-get install chromium`);
};
