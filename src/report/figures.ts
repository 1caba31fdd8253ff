import type { LoadReport } from '../model/load-report.ts';

/** What a reporter tells: the numbers of a load report that a `json` reader finds by their names. */
export type Figures = Pick<
  LoadReport,
  'running' | 'sessions' | 'busySeconds' | 'done' | 'answered' | 'started' | 'utilization'
>;

/** As JSON. What is no number from 0 upwards is not told. */
export const printFigures = (figures: Figures): string => {
  const told = Object.entries(figures).filter(([, number]) => Number.isFinite(number) && number >= 0);
  return `${JSON.stringify(Object.fromEntries(told.map(([field, number]) => [field, Math.round(number * 1_000) / 1_000])))}\n`;
};
