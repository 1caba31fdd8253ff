import type { RequestListener } from 'node:http';
import { badge, hitCounter, type Badge } from '../../deliveries/badge.ts';
import { htmlHeaders } from '../../deliveries/html-headers.ts';
import type { StatusData } from '../../deliveries/views.ts';
import type { Rejection } from '../../model/decision.ts';
import type { PoolSnapshot } from '../../model/pool.ts';
import type { Reply } from '../../model/reply.ts';
import { sift } from '../../verdicts/sift.ts';
import type { PlainPath } from './own-path.ts';
import { sendReply } from './send-reply.ts';
import type { SiteParts } from './site-parts.ts';

type Parts = Pick<SiteParts, 'settings' | 'views' | 'slots' | 'ledger' | 'pool' | 'clock' | 'broke'>;

const WORKS = 'works';

/** What everybody may know of a secondary: no address, no evidence, nothing of the network. */
const WORDS: Readonly<Record<Rejection, string>> = {
  maintenance: 'is being worked on',
  draining: 'is about to be worked on',
  down: 'does not answer',
  unknown: 'is not known yet',
  'weight-zero': 'takes no new visitors',
  backup: 'stands by',
  avoided: WORKS,
  'other-family': WORKS,
};

const wordsFor = (why: Rejection | undefined): string => (why === undefined ? WORKS : WORDS[why]);

/** What was worked out is given to everybody who asks within this time: a crowd costs no more than one. */
const KEPT_MS = 1000;

/** The pages that the operator may switch on: `statusPage` brings page and badge, `hitCounter` the counter. */
export const publicStatus = (parts: Parts): readonly PlainPath[] => {
  const { settings, views } = parts;
  const look = keeping(parts, () => standingOf(parts));
  const page = async (): Promise<Reply> => {
    const { headline, rows } = await look();
    const at = new Date(parts.clock.wall()).toISOString().replace(/\.\d+Z$/, 'Z');
    return {
      status: 200,
      headers: htmlHeaders(views.status),
      body: views.status.html({ headline, rows, at }),
    };
  };
  const picture = async (): Promise<Reply> => svg(badge((await look()).badge));
  const hits = async (): Promise<Reply> => svg(hitCounter(await visits()));
  const visits = keeping(parts, () => visitsIn(parts));
  return [
    ...(settings.statusPage
      ? [plain('/.usher/status', parts, page), plain('/.usher/badge.svg', parts, picture)]
      : []),
    ...(settings.hitCounter ? [plain('/.usher/hits.svg', parts, hits)] : []),
  ];
};

const svg = (body: string): Reply => ({
  status: 200,
  headers: [
    ...['Content-Type', 'image/svg+xml; charset=utf-8', 'Cache-Control', 'no-cache'],
    ...['Content-Security-Policy', "default-src 'none'", 'X-Content-Type-Options', 'nosniff'],
  ],
  body,
});

const plain = (
  path: PlainPath['path'],
  { broke }: Pick<Parts, 'broke'>,
  make: () => Promise<Reply>,
): PlainPath => ({ path, method: 'GET', through: 'node', answer: sending(make, broke) });

const sending =
  (make: () => Promise<Reply>, broke: Parts['broke']): RequestListener =>
  (request, response) => {
    make().then(
      (reply) => {
        sendReply(request, response, { reply });
      },
      (error: unknown) => {
        broke(error);
        response.writeHead(500, ['Content-Length', '0']).end();
      },
    );
  };

/** Makes a thing, and keeps it for a second. */
const keeping = <Made>(
  { clock }: Pick<Parts, 'clock'>,
  make: () => Made | Promise<Made>,
): (() => Promise<Made>) => {
  let kept: { readonly made: Promise<Made>; readonly until: number } | undefined;
  return () => {
    const now = clock.now();
    if (kept === undefined || now >= kept.until)
      kept = { made: Promise.resolve().then(make), until: now + KEPT_MS };
    return kept.made;
  };
};

const visitsIn = ({ settings, slots, ledger }: Parts): number =>
  settings.secondaries.reduce((sum, { id }) => {
    const slot = slots.get(id);
    return slot === undefined ? sum : sum + ledger.chosen(slot) + ledger.kept(slot);
  }, 0);

type Looked = Pick<StatusData, 'headline' | 'rows'> & { readonly badge: Badge };

const standingOf = async ({ settings, slots, pool, clock }: Parts): Promise<Looked> => {
  const { secondaries, whenAllDown } = settings;
  const { source, standings }: PoolSnapshot = await pool();
  const { rejected } = sift({
    secondaries,
    standings,
    slots,
    blind: source === 'none',
    now: clock.now(),
    slowReturnMs: settings.checks.slowReturnMs,
  });
  const whyOf = new Map(rejected.map(({ id, why }) => [id, why]));
  const rows = secondaries.map(({ id }) => ({ id, words: wordsFor(whyOf.get(id)) }));
  const down = rejected.filter(({ why }) => why === 'down').length;
  const serving = secondaries.length - rejected.length;
  const value = `${serving + rejected.filter(({ why }) => why === 'backup').length} of ${secondaries.length} up`;
  const label = 'servers';
  if (serving === 0)
    return {
      headline:
        whenAllDown.kind === 'anyone'
          ? 'None of them is known to work; visitors are sent on all the same'
          : 'Nobody takes visitors now',
      rows,
      badge: { label, value: 'none up', tone: 'trouble' },
    };
  if (down === 0) return { headline: 'Everything works', rows, badge: { label, value, tone: 'fine' } };
  const headline = `${down} of ${secondaries.length} does not answer, the others take over`;
  return {
    headline: down === 1 ? headline : headline.replace('does', 'do'),
    rows,
    badge: { label, value, tone: 'watch' },
  };
};
