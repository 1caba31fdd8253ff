import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network of its own beside this machine, joined to it by one cable: whoever is in it comes from its addresses. */
export interface VisitorNetwork {
  /** what the addresses of its visitors begin with: `10.9.1.` */
  readonly prefix: string;
  /** this machine's address at the other end of the cable */
  readonly host: string;
  /** a program that runs another one, its arguments behind, in the network */
  readonly wrap: (program: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

let made = 0;

/** Makes one; as root only, because the kernel lets nobody else lay cables. */
export const layNetwork = async (): Promise<VisitorNetwork> => {
  made += 1;
  const name = `u${process.pid}n${made}`;
  const prefix = `10.${(process.pid >> 7) % 250}.${((process.pid & 127) * 2 + made) % 250}.`;
  const host = `${prefix}1`;
  const ip = (...args: readonly string[]): Promise<unknown> => run('ip', args);
  const folder = await mkdtemp(join(tmpdir(), 'usher-network-'));
  const stop = async (): Promise<void> => {
    await ip('netns', 'del', name).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ip('netns', 'add', name);
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('addr', 'add', `${host}/24`, 'dev', name);
    await ip('link', 'set', name, 'up');
    await ip('-n', name, 'addr', 'add', `${prefix}2/24`, 'dev', 'eth0');
    await ip('-n', name, 'link', 'set', 'eth0', 'up');
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    prefix,
    host,
    wrap: async (program) => {
      const script = join(folder, 'run');
      await writeFile(script, `#!/bin/sh\nexec ip netns exec ${name} ${program} "$@"\n`);
      await chmod(script, 0o755);
      return script;
    },
    stop,
  };
};
