import { open } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { AGAIN_IN_SECONDS } from '../../deliveries/sorry.ts';
import { readVisit, type VisitReader } from '../../dispatch/visit/visit.ts';
import type { Clock } from '../../model/clock.ts';
import { networkOf, type Network } from '../../model/network.ts';
import type { Reply } from '../../model/reply.ts';
import { once } from '../../once.ts';
import type { Wire } from '../../wire/wire.ts';
import { arrivalOf } from '../public/arrival-of.ts';
import { sendReply } from '../pages/send-reply.ts';
import { CHALLENGE, createSeeker, keyAuthorization, type Sought, type Wanted } from './seeker.ts';

export interface ChallengeParts {
  readonly settings: Pick<Settings, 'secondaries' | 'siteFolder'>;
  readonly reader: VisitReader;
  readonly clock: Clock;
  readonly counted: (what: string) => void;
  /** something broke that should not have */
  readonly broke: (error: unknown) => void;
}

/** The longest that a good answer is: token, dot, thumbprint and a line's end. */
const MOST_BYTES = 256;

/**
 * Answers the HTTP-01 challenges (RFC 8555) of the secondaries' own certificates: an authority asks port 80 of the name,
 * and there is the primary. A file of the primary's own site folder comes first, then the secondary that has the answer.
 *
 * @returns tells whether it takes the request
 */
export const answeringChallenges = (
  parts: ChallengeParts,
): ((...call: Parameters<RequestListener>) => boolean) => {
  const { settings, reader, clock, counted, broke } = parts;
  const wire = once(async (): Promise<Wire> => {
    const { createWire } = await import('../../wire/create-wire.ts');
    return createWire({ clock });
  });
  const seek = createSeeker({
    places: [...new Set(settings.secondaries.map(({ acme, at }) => acme ?? at))],
    clock,
    ask: async (place, { token, host }, timeoutMs) => {
      const { ask } = await wire();
      const answer = await ask({
        at: place,
        path: `/.well-known/acme-challenge/${token}`,
        // the site of this name, where a secondary has several
        headers: { host },
        timeoutMs,
        mostBytes: MOST_BYTES,
        // It has none yet, or an old one: this is how it gets one. The authority judges the answer, not we.
        certificate: 'any',
      });
      return answer.ok && answer.status === 200 ? keyAuthorization(answer.body, token) : undefined;
    },
  });

  const find = async (wanted: Wanted, by: Network): Promise<Sought> => {
    const own = await ownAnswer(settings.siteFolder, wanted.token);
    return own === undefined ? seek(wanted, by) : { answer: own };
  };

  return (request, response) => {
    const token = CHALLENGE.exec(request.url ?? '')?.[1];
    const isQuestion = request.method === 'GET' || request.method === 'HEAD';
    const visit = token !== undefined && isQuestion ? readVisit(arrivalOf(request), reader) : undefined;
    if (token === undefined || visit === undefined || typeof visit === 'string') return false;
    counted('local');
    find({ token, host: visit.host }, networkOf(visit.visitor()))
      .then((sought) => {
        sendReply(request, response, { reply: replyOf(sought) });
      })
      .catch((error: unknown) => {
        broke(error);
        sendReply(request, response, { reply: replyOf('busy') });
      });
    return true;
  };
};

const replyOf = (sought: Sought): Reply => {
  if (typeof sought === 'object') {
    return {
      status: 200,
      headers: [
        ...['Content-Type', 'application/octet-stream', 'Cache-Control', 'no-store'],
        ...['X-Content-Type-Options', 'nosniff'],
      ],
      body: sought.answer,
    };
  }
  return sought === 'none'
    ? { status: 404, headers: ['Cache-Control', 'no-store'] }
    : { status: 503, headers: ['Cache-Control', 'no-store', 'Retry-After', String(AGAIN_IN_SECONDS)] };
};

/** What an ACME client of the primary itself put into its site folder. */
const ownAnswer = async (siteFolder: string, token: string): Promise<string | undefined> => {
  try {
    const file = await open(join(siteFolder, '.well-known', 'acme-challenge', token));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      return keyAuthorization(buffer.toString('latin1', 0, bytesRead), token);
    } finally {
      await file.close();
    }
  } catch {
    // There is none, or nobody may read it: it is for a secondary to answer.
    return undefined;
  }
};
