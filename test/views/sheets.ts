import type { DemoData } from '../../src/demo/secondary.ts';
import type { View } from '../../src/deliveries/views.ts';
import { locate } from '../../src/deliveries/locate.ts';
import { loadView, loadViews } from '../../src/doors/pages/views.ts';
import type { Host, Target } from '../../src/model/visit.ts';

/** One page as it may look. */
export interface Sheet {
  readonly name: string;
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

const sheet = <Data>(name: string, { html, contentSecurityPolicy }: View<Data>, data: Data): Sheet => ({
  name,
  html: html(data),
  contentSecurityPolicy,
});

/** Every view in every state it has, for a host and a target; both may be hostile, as no parser stands before. */
export const sheetsFor = (host: string, target: string): readonly Sheet[] => {
  const { page, choosing, doubt, sorry, splash, busy, unanswered } = loadViews();
  const demo = loadView<DemoData>('demo');
  const asked = host as Host;
  const location = locate({ kind: 'same-host', scheme: 'http', port: 8086 }, asked, target as Target);
  const demoData: DemoData = {
    name: 'web8086',
    port: 8086,
    tone: 4,
    target,
    visitor: 12,
    visitorPages: 3,
    visitors: 12,
    pages: 34,
    pingPong: `http://${host}/index.html`,
    again: `http://${host}${target}`,
    sickSpan: 20,
    goneSpan: 20,
    isLeaving: false,
  };
  return [
    sheet('page', page, { host: asked, location }),
    sheet('choosing', choosing, {
      ...{
        host: asked,
        location,
        shares: '',
        ask: target,
        relay: target,
        id: '',
        from: '',
        slip: '0-1-2',
      },
      origins: `http://${host}:8086 http://${host}:8087`,
    }),
    sheet('doubt', doubt, { host: asked, location, other: target }),
    sheet('splash', splash, { host: asked, onward: '/' }),
    sheet('sorry', sorry, { host: asked, again: { inSeconds: 5, at: target } }),
    sheet('sorry-after-post', sorry, { host: asked }),
    sheet('relay-full', busy, { host: asked, location, again: { inSeconds: 15, at: target } }),
    sheet('relay-full-after-post', busy, { host: asked, location }),
    sheet('relay-unanswered', unanswered, { host: asked, at: target }),
    sheet('relay-unanswered-after-post', unanswered, { host: asked }),
    ...[0, 1, 2, 3, 4, 5].map((tone) =>
      sheet(`demo-${tone}`, demo, { ...demoData, name: `web${8082 + tone}`, tone, port: 8082 + tone }),
    ),
    sheet('demo-sick', demo, { ...demoData, sickForSeconds: 17 }),
  ];
};
