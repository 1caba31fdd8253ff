/** How many are looked at. */
const MOST = 2;

const LINK = /href=["'](\/?[\w-]{1,40}(?:\/[\w-]{1,40}){0,2})\/["']/g;

/**
 * Paths of folders that a page links to, without their last slash: a web server asked for such a path redirects, and
 * shows what it takes for its own name and port.
 *
 * @param body the page; may be hostile
 * @param path where it was found
 */
export const linkedFolders = (body: string, path: string): readonly string[] => {
  const base = path.replace(/[^/]*(?:\?.*)?$/, '');
  const folders = new Set<string>();
  for (const [, link = ''] of body.matchAll(LINK)) {
    folders.add(link.startsWith('/') ? link : base + link);
    if (folders.size === MOST) break;
  }
  return [...folders];
};
