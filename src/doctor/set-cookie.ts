/** A cookie that a server sets, as far as browsers tell one from another. */
export interface SetCookie {
  readonly name: string;
  readonly path: string;
  /** without a leading dot, in lower case; absent: the host that set it alone */
  readonly domain?: string;
}

const MOST = 50;

/**
 * Takes apart the `Set-Cookie` headers of one answer.
 *
 * @param joined the headers, joined by `, `; the comma of an `Expires` date parts no cookies
 * @param asked the path that was asked for: a cookie without `Path` is of its folder (RFC 6265 §5.1.4)
 */
export const readSetCookies = (joined: string, asked: string): readonly SetCookie[] =>
  joined
    .split(/, ?(?=[^\s;,="]{1,256}=)/)
    .slice(0, MOST)
    .flatMap((text) => {
      const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
      const equals = pair.indexOf('=');
      if (equals < 1) return [];
      const path = attribute(attributes, 'path');
      const domain = attribute(attributes, 'domain')?.replace(/^\./, '').toLowerCase();
      return [
        {
          name: pair.slice(0, equals),
          path: path?.startsWith('/') === true ? path : folderOf(asked),
          ...(domain === undefined || domain === '' ? {} : { domain }),
        },
      ];
    });

const attribute = (attributes: readonly string[], name: string): string | undefined =>
  attributes.findLast((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);

const folderOf = (asked: string): string => {
  const path = asked.split('?')[0] ?? '/';
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
};
