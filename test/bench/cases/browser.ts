import { alternate, flatOut, type Case } from '../bench.ts';

/** The head that a browser sends: ten times as long as wrk's own. */
export const browser: Case = {
  name: 'browser',
  title: "A browser's head: keep-alive with the headers of Chromium and cookies of other programs",
  run: async (bench) => ({
    rows: await alternate({
      bench,
      contenders: bench.peers
        .filter(({ name }) => ['usher', 'nginx', 'haproxy'].includes(name))
        .map((peer) => ({ name: peer.name, peer })),
      turn: flatOut(bench, { headers: HEADERS }),
      seconds: bench.seconds / 2,
    }),
    notes: [],
  }),
};

const HEADERS = {
  Host: 'www.example.org',
  'Cache-Control': 'max-age=0',
  'Upgrade-Insecure-Requests': '1',
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  Accept:
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  'Accept-Encoding': 'gzip, deflate',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  Referer: 'http://www.example.org/shop/list?page=3',
  Cookie: 'theme=dark; PHPSESSID=0a1b2c3d4e5f60718293a4b5c6; consent=1; seen=2026-11-20',
};
