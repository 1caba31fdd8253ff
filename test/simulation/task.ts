import type { Result } from './measure.ts';
import { run } from './run.ts';
import { RULES, type RuleName } from './rules.ts';
import { STUDIES, type Study, type StudyName } from './scenarios.ts';
import { drawVisitors } from './visitors.ts';

/** One situation with one seed, for all its rules. */
export interface Task {
  readonly study: StudyName;
  readonly seed: number;
  /** shortens the run, in seconds; absent: as the study says */
  readonly end?: number;
  /** only these of its rules; absent: all */
  readonly rules?: readonly RuleName[];
}

/** What each rule showed, on the same visitors. */
export interface Finding extends Task {
  readonly results: readonly (readonly [RuleName, Result])[];
}

/** Runs all rules of a task; the same for the same task. */
export const runTask = (task: Task): Finding => {
  const study: Study = STUDIES[task.study];
  const scenario = { ...study, end: task.end ?? study.end };
  const visitors = drawVisitors(scenario.traffic, scenario.end, task.seed);
  return {
    ...task,
    results: (task.rules ?? study.rules).map((name) => [
      name,
      run({ scenario, rule: RULES[name], visitors, seed: task.seed }),
    ]),
  };
};
