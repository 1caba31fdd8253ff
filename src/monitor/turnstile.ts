/** The most questions that this process has open at a time. */
export const MOST_AT_ONCE = 1024;

/** Lets so many through at a time; the others wait in line. */
export const createTurnstile = (
  most: number,
): (<Answer>(begin: () => Promise<Answer>) => Promise<Answer>) => {
  const line: (() => void)[] = [];
  let inside = 0;
  return async (begin) => {
    if (inside >= most) await new Promise<void>((enter) => line.push(enter));
    else inside += 1;
    try {
      return await begin();
    } finally {
      const enter = line.shift();
      if (enter === undefined) inside -= 1;
      else enter();
    }
  };
};
