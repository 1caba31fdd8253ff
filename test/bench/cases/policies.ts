import { fileURLToPath } from 'node:url';
import { alternate, flatOut, ushersWith, type Case } from '../bench.ts';
import type { ChooseRow } from '../choose.ts';
import type { Row } from '../result.ts';
import { secondariesOf } from './pool.ts';

const choose = fileURLToPath(new URL('../choose.ts', import.meta.url));
const AMONG = 100;

/** Every policy: choosing by itself, and a whole answer. */
export const policies: Case = {
  name: 'policies',
  title: 'Policy by policy: choosing by itself, and keep-alive among 100 secondaries',
  run: async (bench) => {
    bench.progress('choosing by itself');
    const printed = await bench.programs.run({
      cpus: bench.cores.server,
      argv: [process.execPath, choose, '--json'],
    });
    const chosen = JSON.parse(printed) as readonly ChooseRow[];
    const names = [...new Set(chosen.map(({ policy }) => policy))];
    const rows = await alternate({
      bench,
      contenders: ushersWith(
        bench,
        Object.fromEntries(
          names.map((policy) => [policy, { job: { usher: { policy, secondaries: secondariesOf(AMONG) } } }]),
        ),
      ),
      turn: flatOut(bench),
      seconds: bench.seconds / 3,
    });
    return {
      rows: [...rows, ...chosen.map(rowOfChoice)],
      notes: [
        '"random among 100" and the like: one choice, and counting it, without the rest of the answer, in nanoseconds; p99 at 100 or 1,000 visits a second, whichever takes longer. Alone: nobody keeps the policy ready between visits, as where nobody checks.',
      ],
    };
  },
};

const rowOfChoice = ({
  policy,
  candidates,
  meanNs,
  p99Ns,
  aloneP99Ns,
  prepareMs,
  renewMs,
}: ChooseRow): Row => ({
  contender: `${policy} among ${candidates}`,
  rounds: [{ pickNs: meanNs, pickP99Ns: p99Ns, aloneP99Ns, prepareMs, renewMs }],
});
