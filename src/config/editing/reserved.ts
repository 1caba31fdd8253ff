import { ActionableError } from '../../errors.ts';
import type { Choice } from '../../unit.ts';
import type { Settings } from '../settings.ts';

/** What only the file says: whoever edits by the admin door can neither bring it in nor change it. Plain data. */
export interface Reserved {
  /** programs that may be run, each with what for (to ask a secondary, or to tell of events) and its arguments as JSON */
  readonly programs: readonly string[];
  /** who may come to the admin door, as JSON */
  readonly admin: string;
}

/** A change that is not made from here. */
export class ForTheFileOnly extends ActionableError {}

/** What these settings say of it. */
export const reservedOf = ({ secondaries, notify, admin }: Settings): Reserved => ({
  programs: [
    ...new Set([
      ...secondaries.flatMap(({ ping, load }) => [...programIn(ping), ...programIn(load)]),
      ...notify.flatMap(({ to }) => (to.kind === 'exec' ? [`tell ${JSON.stringify(to.argv)}`] : [])),
    ]),
  ],
  admin: JSON.stringify(admin),
});

const programIn = (asking: Choice | undefined): readonly string[] =>
  asking?.name === 'exec' ? [`ask ${JSON.stringify(asking.options['command'])}`] : [];

/**
 * What keeps an edit from being made from here; `undefined`: nothing does.
 *
 * @param known what the file says as it is
 * @param takenOut programs that were taken out of it from here, so that they can be brought back
 */
export const overstep = (
  after: Settings,
  known: Reserved,
  takenOut: readonly string[],
): ForTheFileOnly | undefined => {
  const { programs, admin } = reservedOf(after);
  const named = new Set([...known.programs, ...takenOut]);
  const program = programs.find((one) => !named.has(one));
  if (program !== undefined) {
    const argv = program.slice(program.indexOf('['));
    return new ForTheFileOnly(
      `The config does not name the program ${argv.slice(0, LONGEST)} for that: it cannot be brought in from here.`,
      'Name it in the file yourself; after that it can be used from here too.',
    );
  }
  if (known.admin === admin) return undefined;
  return new ForTheFileOnly(
    'Who may come to the admin door would be others then: that cannot be changed from here.',
    'Edit "admin" in the file yourself.',
  );
};

/** Characters of a program that are shown. */
const LONGEST = 200;
