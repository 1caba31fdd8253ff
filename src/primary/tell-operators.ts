import type { Clock } from '../model/clock.ts';
import { startNotices, type Notices, type NoticesOptions } from '../notices/notices.ts';
import { once } from '../once.ts';
import type { createTelling } from '../telling.ts';

type TellingParts = Omit<NoticesOptions, 'carry' | 'clock'> & { readonly clock: Clock };

/** Tells those whom the config lists under "notify". What that takes is loaded when there is something to tell. */
export const tellOperators = (parts: TellingParts): Notices => {
  let telling: ReturnType<typeof createTelling> | undefined;
  const means = once(async () => {
    const { createTelling: create } = await import('../telling.ts');
    return (telling = create({ clock: parts.clock }));
  });
  const notices = startNotices({
    ...parts,
    carry: async (to, notice) => (await means()).carry(to, notice),
  });
  return {
    update: notices.update,
    stop: async () => {
      await notices.stop();
      await telling?.close();
    },
  };
};
