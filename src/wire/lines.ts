import type { Line } from './line.ts';

/** Lines that were left open for a question that follows at once, by where they lead. */
export interface Lines {
  readonly leave: (to: string, line: Line) => void;
  /** One that leads there, not to be left a second time; `undefined`: none is open. */
  readonly take: (to: string) => Line | undefined;
  readonly close: () => void;
}

/** None yet. One that nobody takes closes by itself. */
export const createLines = (): Lines => {
  const left = new Map<string, Line>();
  let isClosed = false;

  return {
    leave: (to, line) => {
      left.get(to)?.close();
      if (isClosed) {
        line.close();
        return;
      }
      left.set(to, line);
      line.whenClosed(() => {
        if (left.get(to) === line) left.delete(to);
      });
    },
    take: (to) => {
      const line = left.get(to);
      left.delete(to);
      if (line?.isOpen() === true) return line;
      line?.close();
      return undefined;
    },
    close: () => {
      isClosed = true;
      for (const line of left.values()) line.close();
      left.clear();
    },
  };
};
