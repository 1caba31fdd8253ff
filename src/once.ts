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
