/** A page as far as it tells one site from another: its kind, its title and its words, all without digits. */
export interface Fingerprint {
  readonly kind: string;
  readonly title: string;
  readonly words: ReadonlySet<string>;
}

const MOST_WORDS = 5000;

/** What a page is recognized by. Numbers count for nothing: ports, counters and dates differ between secondaries. */
export const fingerprintOf = (body: string, contentType = ''): Fingerprint => {
  const kind = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const text = body.replace(/<[^<>]*>/g, ' ');
  const words = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{2,40}/gu)) {
    words.add(word);
    if (words.size === MOST_WORDS) break;
  }
  return { kind, title: titleOf(body), words };
};

/** The title of a page without its digits, shortened. */
const titleOf = (body: string): string => {
  const start = /<title[^<>]{0,100}>/i.exec(body);
  if (start === null) return '';
  const rest = body.slice(start.index + start[0].length, start.index + start[0].length + 200);
  return (rest.split('<')[0] ?? '').replace(/\d+/g, '').replace(/\s+/g, ' ').trim();
};

/** How much of their words two pages share, 0 to 1; two pages without words share all. */
const likeness = (one: ReadonlySet<string>, other: ReadonlySet<string>): number => {
  const all = one.union(other).size;
  return all === 0 ? 1 : one.intersection(other).size / all;
};

/** Below this pages are of different sites, whatever their titles. */
const STRANGE = 0.15;
/** From this on they are of one site, whatever their titles. */
const ALIKE = 0.5;

/** Whether two pages may well be of one site. */
export const isOneSite = (one: Fingerprint, other: Fingerprint): boolean => {
  if (one.kind !== other.kind) return false;
  const share = likeness(one.words, other.words);
  if (one.title !== '' && one.title === other.title) return share >= STRANGE;
  return share >= ALIKE;
};
