import { certificates } from './certificates.ts';
import { clocks } from './clocks.ts';
import { contents } from './contents.ts';
import { cookies } from './cookies.ts';
import { doors } from './doors.ts';
import type { Facts } from './facts.ts';
import { worstFirst, type Examined, type Finding } from './finding.ts';
import { guards } from './guard.ts';
import { loadReaders } from './load-readers.ts';
import { localPages } from './local-pages.ts';
import { names } from './names.ts';
import { openFiles } from './open-files.ts';
import { pings } from './pings.ts';
import { plainPort } from './plain-port.ts';
import { poolFiles } from './pool-files.ts';
import { redirects } from './redirects.ts';
import { secret } from './secret.ts';
import { upgrades } from './upgrades.ts';

/** Judges one side of the set-up by what was seen of it. Opens nothing, asks nobody. */
type Examination = (facts: Facts) => Examined;

const EXAMINATIONS: readonly Examination[] = [
  doors,
  pings,
  redirects,
  guards,
  upgrades,
  contents,
  certificates,
  names,
  plainPort,
  cookies,
  secret,
  openFiles,
  clocks,
  poolFiles,
  loadReaders,
  localPages,
];

/** What is wrong, worst first, and one line for each thing that is in order. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly fine: readonly string[];
}

/** Examines everything that was seen. */
export const examine = (facts: Facts): Diagnosis => {
  const examined = EXAMINATIONS.map((examination) => examination(facts));
  return {
    findings: worstFirst(examined.flatMap(({ findings }) => findings)),
    fine: examined.flatMap(({ findings, fine }) => (findings.length > 0 || fine === undefined ? [] : [fine])),
  };
};
