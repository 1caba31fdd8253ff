import { loads } from '../../src/loads/index.ts';
import type { Reading } from '../../src/loads/load-reader.ts';
import { made } from '../contracts/made.ts';
import { wireThatAnswers } from '../contracts/wires.ts';
import type { Answers } from '../contracts/wires.ts';

const NOTHING: Answers = {
  http: { ok: true, status: 200, headers: {}, body: '' },
  tcp: { ok: true, text: '' },
  program: { ok: true, code: 0, output: '', complaint: '' },
};

/** What a reader with such options reads from a page, a line or an output; measured at 1000. */
export const readingOf = (name: string, options: object, text: string): Promise<Reading> =>
  readingFrom(name, options, {
    http: { ok: true, status: 200, headers: {}, body: text },
    tcp: { ok: true, text },
    program: { ok: true, code: 0, output: text, complaint: '' },
  });

/** What it reads from such answers. */
export const readingFrom = (name: string, options: object, answers: Partial<Answers>): Promise<Reading> =>
  made(
    loads,
    name,
    options,
  )(
    { id: 'web1', at: 'http://127.0.0.1:8086', timeoutMs: 1000 },
    wireThatAnswers({ ...NOTHING, ...answers }),
  );

/** Its report without the instant; or the failure. */
export const toldIn = (reading: Reading): unknown => {
  if (!reading.ok) return reading.failure;
  const { at: _, ...told } = reading.report;
  return told;
};
