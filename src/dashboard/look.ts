import type { Figure } from './figures.ts';
import type { Row } from './row.ts';
import type { Summary } from './status.ts';

/** A running Usher at one instant; the row of a secondary is made when somebody wants to see it. */
export interface Look {
  readonly summary: Summary;
  /** in the order of the config */
  readonly figures: readonly Figure[];
  /** of one of these figures */
  readonly rowOf: (figure: Figure) => Row;
}
