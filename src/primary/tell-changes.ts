import type { Settings } from '../config/settings.ts';
import type { Journal } from '../journal.ts';

/** Tells the operator what a new config changes, and what it cannot change without a new start. */
export const tellChanges = (before: Settings, after: Settings, journal: Journal): void => {
  const old = new Map(before.secondaries.map((secondary) => [secondary.id, secondary]));
  for (const { id, state } of after.secondaries) {
    const known = old.get(id);
    old.delete(id);
    if (known === undefined) journal({ type: 'secondary-added', secondary: id });
    else if (known.state !== state)
      journal({ type: 'state-changed', secondary: id, from: known.state, to: state });
  }
  for (const id of old.keys()) journal({ type: 'secondary-removed', secondary: id });
  const keys = (['listen', 'admin', 'threads'] as const).filter(
    (key) => JSON.stringify(fixed(before)[key]) !== JSON.stringify(fixed(after)[key]),
  );
  if (keys.length > 0) journal({ type: 'restart-needed', keys });
};

/** What counts only from a start. Who may come to the admin door counts at once, unless everybody could then. */
const fixed = ({ listen, admin: { host, port, password, tokens }, threads }: Settings) => ({
  listen,
  admin: { host, port, isOpen: password === undefined && tokens === undefined },
  threads,
});
