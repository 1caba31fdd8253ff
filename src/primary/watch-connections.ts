import type { Journal } from '../journal.ts';

const EVERY_MS = 1000;
/** Parts of all that may be open: from here on the operator is told, and below here he may be told anew. */
const SCARCE = 0.8;
const EASED = 0.6;
/** A page brings a browser's six connections, and keeps them for seconds: fewer do for no more than a small site. */
const FEW = 1000;

/** What is known of files and connections. */
export interface ConnectionsWatched {
  /** connections that may be open at once */
  readonly most: number;
  /** files that may be open, connections among them; `undefined`: nobody can tell */
  readonly mostFiles: number | undefined;
  /** connections that are open now */
  readonly open: () => number;
  readonly journal: Journal;
}

/**
 * Tells when nearly as many connections are open as may be, before anybody is turned away; and at the start where the system
 * lets only few be.
 */
export const watchConnections = ({
  most,
  mostFiles,
  open,
  journal,
}: ConnectionsWatched): { readonly stop: () => void } => {
  if (mostFiles !== undefined && most < FEW) journal({ type: 'connections-few', most, files: mostFiles });
  let isTold = false;
  const timer = setInterval(() => {
    const now = open();
    if (!isTold && now >= SCARCE * most) {
      isTold = true;
      journal({ type: 'connections-scarce', open: now, most });
    }
    if (now < EASED * most) isTold = false;
  }, EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
