/** Directives that speak of caches that visitors share; a `private` that names headers speaks of those only. */
const OF_SHARED_CACHES = /^(?:public|private|s-maxage|proxy-revalidate)(?:\s*=|$)/i;

/** What overrules Cache-Control for such caches (RFC 9213, and Edge Architecture 1.0 before it). */
const OVERRULING: ReadonlySet<string> = new Set(['cdn-cache-control', 'surrogate-control']);

/** A directive of Cache-Control; within quotes a comma is none between two. */
const DIRECTIVE = /(?:"[^"]*"|[^,"])+/g;

/**
 * The headers of an answer that only this visitor's own browser may keep: a cookie of the primary's goes with it, which a
 * shared cache would hand to everybody who comes after him (RFC 9111 §7.3). How long it may be kept stays as it was. A
 * `no-cache="Set-Cookie"` would say the same in theory; hardly any cache reads it.
 *
 * @param headers names and values in turn, names in lower case
 */
export const unshared = (headers: readonly string[]): string[] => {
  const kept: string[] = [];
  const directives = ['private'];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    if (name === 'cache-control') {
      const given = Array.from(value.matchAll(DIRECTIVE), ([each]) => each.trim());
      directives.push(...given.filter((each) => each !== '' && !OF_SHARED_CACHES.test(each)));
    } else if (!OVERRULING.has(name)) kept.push(name, value);
  }
  return [...kept, 'cache-control', directives.join(', ')];
};
