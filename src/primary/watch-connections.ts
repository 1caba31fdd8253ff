import type { Journal } from '../journal.ts';

const EVERY_MS = 1000;
/** Parts of all that may be open: from here on the operator is told, and below here he may be told anew. */
const SCARCE = 0.8;
const EASED = 0.6;
/** A page brings a browser's six connections, and keeps them for seconds: fewer do for no more than a small site. */
const FEW = 1000;

/** What is known of files and connections. */
export interface ConnectionsWatched {
  /** connections that may be open at once; a reload may change it */
  readonly most: () => number;
  /** files that may be open, connections among them; `undefined`: nobody can tell */
  readonly mostFiles: number | undefined;
  /** connections that are open now */
  readonly open: () => number;
  readonly journal: Journal;
}

/**
 * Tells when nearly as many connections are open as may be, before anybody is turned away; and at the start, or after
 * a reload, where the system lets only few be.
 */
export const watchConnections = ({
  most,
  mostFiles,
  open,
  journal,
}: ConnectionsWatched): { readonly stop: () => void } => {
  let isFew = false;
  let isTold = false;
  const look = (): void => {
    const [now, mostNow] = [open(), most()];
    if (!isFew && mostNow < FEW && mostFiles !== undefined) {
      journal({ type: 'connections-few', most: mostNow, files: mostFiles });
    }
    isFew = mostNow < FEW;
    if (!isTold && now >= SCARCE * mostNow) {
      isTold = true;
      journal({ type: 'connections-scarce', open: now, most: mostNow });
    }
    if (now < EASED * mostNow) isTold = false;
  };
  look();
  const timer = setInterval(look, EVERY_MS).unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
