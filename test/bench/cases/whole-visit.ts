import assert from 'node:assert/strict';
import { alternate, ask, assertJob, loadAndCpu, type Case, type Contender, type Running } from '../bench.ts';
import { askRaw, requestText } from '../../outside/raw.ts';
import { parted } from '../present.ts';
import { haproxyRelay, nginxRelay, penRelay } from '../peers/relays.ts';
import { startStaticSite } from '../static-site.ts';

/** What a page and its assets cost the front machine: sent on by a redirect, or relayed. */
export const wholeVisit: Case = {
  name: 'whole-visit',
  title: 'A whole visit: a page and 20 assets of 50 KB, what it costs the front machine',
  run: async (bench) => {
    const site = await startStaticSite(bench);
    try {
      const job = { secondaries: site.ports };
      const redirecting = bench.peers
        .filter(({ name }) => ['usher', 'nginx', 'haproxy'].includes(name))
        .map((peer): Contender => ({ name: peer.name, peer, job }));
      const relays = parted([nginxRelay, haproxyRelay, penRelay]);
      const relaying = relays.here.map((peer): Contender => ({ name: peer.name, peer, job }));
      const rows = await alternate({
        bench,
        contenders: [...redirecting, ...relaying],
        check: async (name, running) => {
          if (relaying.some((each) => each.name === name)) await assertPage(running.port, '/page.html');
          else {
            await assertJob(name, running);
            await assertLeadsToPage(running);
          }
        },
        turn: async (running, contender, seconds) => {
          const isRelay = relaying.includes(contender);
          const { cpuUs } = await loadAndCpu(
            bench,
            running,
            isRelay
              ? { seconds, script: ['visit.lua'] }
              : { seconds, path: '/page.html', headers: { Connection: 'close' } },
          );
          const visitCpuUs = isRelay ? cpuUs * REQUESTS : cpuUs;
          return { visitCpuUs, visitsPerSecond: 1e6 / visitCpuUs };
        },
      });
      return {
        rows,
        notes: [
          ...relays.missing.map((name) => `${name}: not installed.`),
          'A redirect costs the front one connection and one answer; page and assets come from the secondary. A relay passes all 21 on.',
          "Visits/s a core is what one core of the front is enough for: 1 s divided by its time for a visit. Here, secondaries and visitors share the other core and don't get as far.",
        ],
      };
    } finally {
      await site.stop();
    }
  },
};

/** A page and its assets. */
const REQUESTS = 21;

const assertPage = async (port: number, path: string): Promise<void> => {
  const page = await askRaw(port, requestText(`GET ${path}`));
  assert.equal(page.status, 200, page.head);
  const asset = await askRaw(port, requestText('GET /asset20.bin'));
  assert.equal(asset.body.length, 50 * 1024, asset.head);
};

/** The visitor really gets the page where he is sent. */
const assertLeadsToPage = async (running: Running): Promise<void> => {
  const reply = await ask(running, '/page.html');
  const { port, pathname } = new URL(reply.header('location') ?? '');
  await assertPage(Number(port), pathname);
};
