import type { Facts } from './facts.ts';
import type { Examined, Finding } from './finding.ts';

/** Whether the key that signs the affinity cookie is a secret. */
export const secret = ({ settings, secret: seen }: Facts): Examined => {
  if (settings.affinity === false) return { findings: [] };
  const { path, mode, trouble } = seen;
  const about = 'secret';
  if (trouble !== undefined) {
    const what = `The key of the affinity cookie cannot be looked at in ${path}: ${trouble}.`;
    return finding({
      hurts: 'nobody',
      about,
      what,
      remedy: 'Run usher doctor as the user that Usher runs as.',
    });
  }
  if (mode === undefined) return { findings: [], fine: 'secret: none yet; the first start makes one' };
  if ((mode & 0o077) === 0) return { findings: [], fine: 'secret: nobody else can read it' };
  const what = `${path} can be read or written by other users of this machine (mode ${(mode & 0o777).toString(8)}): they can make affinity cookies that count.`;
  const remedy = `chmod 600 ${path}; whoever may have read it already is shut out by a new key on a line before the first.`;
  return finding({ hurts: 'some', about, what, remedy });
};

const finding = (one: Finding): Examined => ({ findings: [one] });
