/** What a sample secondary knows of the visitor it serves. */
export interface Guest {
  /** 1, 2, 3 …: the how many-th visitor of this secondary */
  readonly visitor: number;
  /** 1, 2, 3 …: the how many-th page of this visitor */
  readonly page: number;
  /** remembers the visitor; a value for `Set-Cookie` */
  readonly cookie: string;
}

/** Counts visitors and pages of one sample secondary. */
export interface GuestBook {
  /** Counts one more page. */
  readonly enter: (cookies: string | undefined) => Guest;
  readonly visitors: () => number;
  readonly pages: () => number;
}

/**
 * A guest book that knows a visitor by a cookie of its own. The port is in the cookie's name because cookies know no
 * ports: all secondaries of one host get each other's.
 */
export const createGuestBook = (port: number): GuestBook => {
  const name = `usher-demo-${port}`;
  const form = new RegExp(`(?:^|; ?)${name}=([1-9]\\d{0,8})\\.([1-9]\\d{0,8})(?:;|$)`);
  let visitors = 0;
  let pages = 0;
  return {
    enter: (cookies = '') => {
      pages += 1;
      const [, number, before] = form.exec(cookies) ?? [];
      // A number beyond the last one given was given by an earlier run.
      const isKnown = Number(number) <= visitors;
      if (!isKnown) visitors += 1;
      const visitor = isKnown ? Number(number) : visitors;
      const page = isKnown ? Number(before) + 1 : 1;
      return { visitor, page, cookie: `${name}=${visitor}.${page}; Path=/; HttpOnly; SameSite=Lax` };
    },
    visitors: () => visitors,
    pages: () => pages,
  };
};
