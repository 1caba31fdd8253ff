import { alternate, ask, flatOut, ushersWith, type Case } from '../bench.ts';

/** Visitors who get a cookie, who bring one, and who never had one. */
export const affinity: Case = {
  name: 'affinity',
  title: 'Affinity: keep-alive with and without the cookie',
  run: async (bench) => ({
    rows: await alternate({
      bench,
      contenders: ushersWith(bench, {
        off: { job: { affinity: false } },
        'on, new visitors': {},
        'on, visitors who are back': {
          load: async (running) => {
            const [cookie = ''] = ((await ask(running)).header('set-cookie') ?? '').split(';');
            return { headers: { Cookie: cookie } };
          },
        },
      }),
      turn: flatOut(bench),
      seconds: bench.seconds / 2,
    }),
    notes: [],
  }),
};
