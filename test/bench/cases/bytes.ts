import { ask, startContender, type Case } from '../bench.ts';
import type { Row } from '../result.ts';

/** What goes over the wire. */
export const bytes: Case = {
  name: 'bytes',
  title: 'Bytes an answer: head and body, to a GET of http://www.example.org/a/page?from=bench',
  run: async (bench) => {
    const rows: Row[] = [];
    for (const peer of bench.peers) {
      if (peer.isFloor === true) continue;
      bench.progress(peer.name);
      const sizes = [];
      for (const affinity of [true, false]) {
        const running = await startContender(bench, { name: peer.name, peer, job: { affinity } });
        try {
          const reply = await ask(running);
          sizes.push(reply.head.length + Buffer.byteLength(reply.body));
        } finally {
          await running.stop();
        }
      }
      const [bytesWithCookie = NaN, bytesWithout = NaN] = sizes;
      rows.push({ contender: peer.name, rounds: [{ bytesWithCookie, bytesWithout }] });
    }
    return { rows, notes: [] };
  },
};
