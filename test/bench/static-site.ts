import { mkdir, writeFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../real/port.ts';
import type { Bench } from './bench.ts';
import { nginxConfig } from './peers/nginx.ts';

/** Two secondaries that hold a site: a page and 20 assets of 50 KB. */
export interface StaticSite {
  readonly ports: readonly [number, number];
  readonly stop: () => Promise<void>;
}

const ASSETS = 20;
const ASSET_BYTES = 50 * 1024;

/** Starts them, one nginx on two ports, on the processor of the load. */
export const startStaticSite = async (bench: Bench): Promise<StaticSite> => {
  const folder = join(bench.folder, `site-${await freePort()}`);
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  const asset = Buffer.alloc(ASSET_BYTES, 'usher ');
  const names = Array.from({ length: ASSETS }, (_, at) => `asset${at + 1}.bin`);
  const page = `<!doctype html><title>A page</title>\n${names.map((name) => `<img src="${name}">`).join('\n')}\n`;
  await Promise.all([
    writeFile(join(root, 'page.html'), page),
    writeFile(join(root, 'index.html'), page),
    ...names.map((name) => writeFile(join(root, name), asset)),
  ]);
  await chmod(folder, 0o755);
  const ports = [await freePort(), await freePort()] as const;
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    nginxConfig(
      { folder, threads: 1 },
      ports.map((port) => `server { listen 127.0.0.1:${port} backlog=4096; root ${root}; }`).join('\n  '),
    ),
  );
  const { stop } = await bench.programs.serve(
    { argv: ['nginx', '-p', folder, '-e', 'stderr', '-c', file], cpus: bench.cores.load },
    ports[1],
  );
  return { ports, stop };
};
