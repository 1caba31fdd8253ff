/** What takes less is over before anybody wonders. */
const WONDER_MS = 2000;

/** A line on a terminal that says what is being waited for. */
export interface Waiting {
  /** how far it is */
  readonly say: (text: string) => void;
  /** Wipes the line away. */
  readonly stop: () => void;
}

/** Shows a line once the waiting takes more than two seconds, and from then on whatever is said. */
export const showWaiting = (write: (text: string) => void, first: string): Waiting => {
  let text = first;
  let isShown = false;
  const show = (): void => {
    isShown = true;
    write(`\r\x1b[K${text}`);
  };
  const timer = setTimeout(show, WONDER_MS);
  return {
    say: (news) => {
      text = news;
      if (isShown) show();
    },
    stop: () => {
      clearTimeout(timer);
      if (isShown) write('\r\x1b[K');
      isShown = false;
    },
  };
};
