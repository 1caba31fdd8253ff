import cookieParser from 'cookie-parser';
import express from 'express';
import helmet from 'helmet';
import { asProgram, toldToServe, type Told } from '../node-server.ts';
import type { Peer } from '../peer.ts';

/** What one writes with Express 5, helmet and cookie-parser as their READMEs have them. */
export const expressApp: Peer = {
  name: 'express',
  prepare: asProgram(import.meta.url, { NODE_ENV: 'production' }),
};

const serve = ({ port, secondaries, affinity }: Told): void => {
  const app = express();
  app.use(helmet());
  app.use(cookieParser('a secret of the benchmark'));
  app.use((request, response) => {
    const cookies = request.signedCookies as Readonly<Record<string, unknown>>;
    const back = secondaries.find((port) => cookies['usher'] === `web${port}`);
    const to = back ?? secondaries[Math.random() < 0.5 ? 0 : 1];
    if (affinity && back === undefined) {
      const lasting = { httpOnly: true, sameSite: 'lax', maxAge: 3_600_000, signed: true } as const;
      response.cookie('usher', `web${to}`, lasting);
    }
    response.set('Cache-Control', 'no-store');
    response.redirect(302, `http://${request.hostname}:${to}${request.originalUrl}`);
  });
  app.listen(port, '127.0.0.1');
};

if (import.meta.main) serve(toldToServe());
