/** Cookies of one name that are looked at; web servers on other ports of the host fill the same jar. */
const MOST = 4;

/** The values that a `Cookie` header gives one name, the first few. */
export const cookieValues = (header: string, name: string): string[] => {
  const values: string[] = [];
  let from = 0;
  while (from < header.length && values.length < MOST) {
    const semicolon = header.indexOf(';', from);
    const end = semicolon === -1 ? header.length : semicolon;
    while (header.charCodeAt(from) === 32) from += 1;
    if (header.startsWith(name, from) && header.charCodeAt(from + name.length) === 61) {
      values.push(header.slice(from + name.length + 1, end).trim());
    }
    from = end + 1;
  }
  return values;
};
