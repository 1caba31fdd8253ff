import type { RequestListener } from 'node:http';
import { once } from '../../once.ts';
import type { SiteParts } from './site-parts.ts';

/** The primary's own pages, loaded when the first visitor wants one: whoever is only sent on never pays for them. */
export const lateSite = (parts: SiteParts): RequestListener => {
  const site = once(async () => (await import('./site.ts')).createSite(parts));
  return (request, response) => {
    site()
      .then((answer) => answer(request, response))
      .catch((error: unknown) => {
        parts.broke(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(503, ['Retry-After', '5', 'Content-Length', '0']).end();
      });
  };
};
