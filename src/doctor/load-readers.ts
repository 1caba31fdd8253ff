import { inWords } from '../verdicts/because.ts';
import type { Facts } from './facts.ts';
import type { Examined, Finding } from './finding.ts';
import { listOf } from './list-of.ts';

/** Whether the load readers tell something that balancing can go by. */
export const loadReaders = ({ looks, settings }: Facts): Examined => {
  const asked = looks.flatMap(({ secondary, load }) => (load === undefined ? [] : [{ secondary, load }]));
  const findings = asked.flatMap(({ secondary, load }): readonly Finding[] => {
    const { id, load: reader, at } = secondary;
    const about = 'load';
    const name = reader?.name ?? '';
    if (!load.ok) {
      const what = `The load reader ${name} of ${id} cannot read anything (${inWords({ ...load, tookMs: 0 })}): visitors are shared out without knowing how busy it is.`;
      const remedy = `See what ${at} says where the reader asks; usher check load tries it again.`;
      return [{ hurts: 'nobody', about, what, remedy }];
    }
    const { at: _at, ...fields } = load.report;
    if (Object.keys(fields).length > 0) return [];
    const what = `The load reader ${name} of ${id} is answered, but is told nothing that balancing could go by.`;
    const remedy =
      'Let it tell at least how many requests it has in service; usher report tells all that is of use.';
    return [{ hurts: 'nobody', about, what, remedy }];
  });
  const told = new Set(asked.map(({ secondary }) => secondary.id));
  const silent = settings.secondaries.filter(({ id, load }) => load === undefined && !told.has(id));
  if (asked.length > 0 && silent.length > 0) {
    findings.push({
      hurts: 'nobody',
      about: 'load',
      what: `${listOf(silent.map(({ id }) => id))} ${silent.length === 1 ? 'has' : 'have'} no load reader while others have one: they are compared by different measures.`,
      remedy: 'Give every secondary the same kind of "load".',
    });
  }
  return {
    findings,
    ...(asked.length === 0 ? {} : { fine: 'load: every reader tells how busy its secondary is' }),
  };
};
