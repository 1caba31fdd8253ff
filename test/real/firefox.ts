import { existsSync } from 'node:fs';
import { startProgram, tempFolder, type Program } from './program.ts';

const PROGRAM = process.env['USHER_FIREFOX'] ?? '/usr/bin/firefox-esr';

/** One tab of one visitor. */
export interface Tab {
  /** Begins to open an address; where it ends `at` tells. */
  readonly open: (url: string) => Promise<void>;
  /** Waits until a page at such an address has loaded that was not there before, and gives the whole address. */
  readonly at: (pattern: RegExp) => Promise<string>;
  readonly text: (selector: string) => Promise<string>;
  /** Runs a script in the page, and awaits the promise that it gives. */
  readonly run: (script: string) => Promise<void>;
  readonly click: (selector: string) => Promise<void>;
  readonly screenshot: () => Promise<Buffer>;
  /** addresses of pages that did not come: then Firefox shows an error */
  readonly failures: () => readonly string[];
}

/** Debian's Firefox without a window. */
export interface Firefox {
  /** A visitor with cookies of his own. */
  readonly visitor: () => Promise<Tab>;
  readonly close: () => Promise<void>;
}

/** How it is opened. */
export interface FirefoxOptions {
  /** `about:config`, e.g. `{ 'javascript.enabled': false }` */
  readonly preferences?: Readonly<Record<string, boolean | number | string>>;
}

/** What it says, as WebDriver BiDi (W3C) has it. */
interface Message {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly method?: string;
  readonly params?: { readonly context?: string; readonly url?: string };
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

type Command = (method: string, params?: object) => Promise<unknown>;

/** Opens it with a profile of its own; nothing reaches for the internet. It has to be closed. */
export const openFirefox = async ({ preferences = {} }: FirefoxOptions = {}): Promise<Firefox> => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: apt-get install firefox-esr`);
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  const { folder, remove } = await tempFolder({ 'user.js': lines.join('') });
  const { program, address } = await start(folder).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const { command, heard, close } = await connect(`${address}/session`);
  await command('session.new', { capabilities: {} });
  await command('session.subscribe', {
    events: ['browsingContext.load', 'browsingContext.navigationFailed'],
  });
  return {
    visitor: async () => {
      const { userContext } = (await command('browser.createUserContext')) as { userContext: string };
      const made = await command('browsingContext.create', { type: 'tab', userContext });
      return tabOf((made as { context: string }).context, command, heard);
    },
    close: async () => {
      close();
      await program.stop();
      await remove();
    },
  };
};

const start = async (folder: string): Promise<{ readonly program: Program; readonly address: string }> => {
  let address = '';
  const ready = {
    test: (said: string): boolean => {
      address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1] ?? '';
      return address !== '';
    },
  };
  const words = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0'];
  const program = await startProgram(
    ['env', `HOME=${folder}`, PROGRAM, ...words, 'about:blank'],
    ready,
    'firefox-esr',
  );
  return { program, address };
};

/** Events that were heard so far, and the promise of the next one. */
interface Heard {
  readonly all: Message[];
  next: PromiseWithResolvers<undefined>;
}

const connect = async (address: string) => {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const heard: Heard = { all: [], next: Promise.withResolvers() };
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.type === 'event') {
      heard.all.push(message);
      heard.next.resolve(undefined);
      heard.next = Promise.withResolvers();
      return;
    }
    const asked = waiting.get(message.id ?? -1);
    if (message.type === 'success') asked?.resolve(message.result);
    else asked?.reject(new Error(`${message.error ?? ''}: ${message.message ?? ''}`));
  });
  const command: Command = (method, params = {}) => {
    const asked = Promise.withResolvers<unknown>();
    waiting.set((last += 1), asked);
    socket.send(JSON.stringify({ id: last, method, params }));
    return asked.promise;
  };
  return {
    command,
    heard,
    close: () => {
      socket.close();
    },
  };
};

const tabOf = (context: string, command: Command, heard: Heard): Tab => {
  let seen = heard.all.length;
  const target = { context };
  const isOf = (what: string) => (message: Message) =>
    message.method === `browsingContext.${what}` && message.params?.context === context;
  const evaluate = async (expression: string): Promise<string> => {
    const made = await command('script.evaluate', { expression, target, awaitPromise: true });
    const { type, result } = made as { type: string; result?: { value?: string } };
    if (type !== 'success') throw new Error(`${expression}: ${JSON.stringify(made)}`);
    return result?.value ?? '';
  };
  const nodeOf = async (selector: string): Promise<{ sharedId: string; value: unknown }> => {
    const locator = { type: 'css', value: selector };
    const { nodes } = (await command('browsingContext.locateNodes', { context, locator })) as {
      nodes: { sharedId: string; value: unknown }[];
    };
    const [node] = nodes;
    if (node === undefined) throw new Error(`no ${selector} on the page`);
    return node;
  };
  return {
    open: async (url) => {
      await command('browsingContext.navigate', { context, url, wait: 'none' });
    },
    at: async (pattern) => {
      for (;;) {
        const { next } = heard;
        const found = heard.all.findIndex(
          (message, nth) => nth >= seen && isOf('load')(message) && pattern.test(message.params?.url ?? ''),
        );
        if (found !== -1) {
          seen = found + 1;
          return heard.all[found]?.params?.url ?? '';
        }
        await next.promise;
      }
    },
    text: async (selector) => evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`),
    run: async (script) => {
      await evaluate(script);
    },
    click: async (selector) => {
      const { sharedId } = await nodeOf(selector);
      const origin = { type: 'element', element: { sharedId } };
      const actions = [
        { type: 'pointerMove', x: 0, y: 0, origin },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await command('input.performActions', {
        context,
        actions: [{ type: 'pointer', id: 'mouse', actions }],
      });
    },
    screenshot: async () => {
      const { data } = (await command('browsingContext.captureScreenshot', { context })) as { data: string };
      return Buffer.from(data, 'base64');
    },
    failures: () => heard.all.filter(isOf('navigationFailed')).map(({ params }) => params?.url ?? ''),
  };
};
