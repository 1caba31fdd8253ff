/**
 * Resolves once it holds; looks every 20 ms. For what a visitor or operator can only find out by asking again; whatever
 * is told by an event is awaited as an event.
 */
export const until = async (holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> => {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`does not hold within ${withinMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
