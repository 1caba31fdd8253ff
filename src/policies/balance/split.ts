import { inSlices, type Slices } from '../../model/slices.ts';
import { LEAST_PART, SPLIT } from './constants.ts';

/**
 * How much each secondary should hold, relative to the others: by capacity when the pool is full; at less load the fast
 * ones more, so that spare capacity goes by the square root of the capacity, which is best for machines that share their
 * time (Tantawi and Towsley; Bell and Stidham). Damped, because load is never as steady as theory has it.
 *
 * @param capacities above 0
 * @param load the part of the whole capacity that is in use, 0 to 1
 * @param parts where the result goes; as long as `capacities`
 */
export function* split(capacities: ArrayLike<number>, load: number, parts: Float64Array): Slices {
  let whole = 0;
  let roots = 0;
  yield* inSlices(capacities, (capacity) => {
    whole += capacity;
    roots += Math.sqrt(capacity);
  });
  const damped = 1 - (1 - Math.min(1, load)) * SPLIT;
  const spare = (whole * (1 - damped)) / roots;
  const least = LEAST_PART * damped;
  yield* inSlices(capacities, (capacity, at) => {
    parts[at] = Math.max(least * capacity, capacity - Math.sqrt(capacity) * spare);
  });
}
