/** Makes a thing at the first use and keeps it; a failure, of a promise too, is not kept: the next use tries anew. */
export const once = <Made>(make: () => Made): (() => Made) => {
  let kept: { readonly made: Made } | undefined;
  return () => {
    if (kept !== undefined) return kept.made;
    const made = make();
    kept = { made };
    if (made instanceof Promise) {
      made.catch(() => {
        kept = undefined;
      });
    }
    return made;
  };
};

/** Makes an answer of something, and gives the same again as long as it is asked of the same. */
export const ofSame = <Asked extends object, Answer>(
  make: (asked: Asked) => Answer,
): ((asked: Asked) => Answer) => {
  let last: { readonly asked: Asked; readonly answer: Answer } | undefined;
  return (asked) => {
    if (last?.asked !== asked) last = { asked, answer: make(asked) };
    return last.answer;
  };
};
