/** One figure of a scrape. */
export interface Figure {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/gy;

/**
 * Reads the text format 0.0.4 strictly, as the exposition format's page defines it: help and type before the figures of
 * a family, a family in one piece, no figure twice, counters end in `_total`. Throws where it does not hold.
 */
export const parseScrape = (text: string): readonly Figure[] => {
  if (!text.endsWith('\n')) throw new Error('the last line is not ended');
  const figures: Figure[] = [];
  const families = new Map<string, string>();
  const seen = new Set<string>();
  let family = '';
  let helped = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const help = HELP.exec(line);
    const type = TYPE.exec(line);
    if (help !== null) helped = help[1]!;
    else if (type !== null) {
      const [, name = '', kind = ''] = type;
      if (name !== helped) throw new Error(`${name} has no help`);
      if (families.has(name)) throw new Error(`${name} comes in two pieces`);
      if (kind === 'counter' && !name.endsWith('_total'))
        throw new Error(`${name} is a counter without _total`);
      families.set(name, kind);
      family = name;
    } else {
      const figure = sampleIn(line);
      const part = families.get(family) === 'histogram' ? /_(?:bucket|sum|count)$/ : /$^/;
      if (figure.name.replace(part, '') !== family) throw new Error(`${figure.name} stands among ${family}`);
      const key = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(key)) throw new Error(`${key} comes twice`);
      seen.add(key);
      if (families.get(family) === 'counter' && !(figure.value >= 0))
        throw new Error(`${line}: a counter below 0`);
      figures.push(figure);
    }
  }
  return figures;
};

const sampleIn = (line: string): Figure => {
  const [, name, inner = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a figure: ${line}`);
  const found = [...inner.matchAll(LABEL)];
  if (found.map(([whole]) => whole).join('') !== inner)
    throw new Error(`labels are not well formed: ${line}`);
  return {
    name,
    labels: Object.fromEntries(found.map(([, key, text]) => [key, text])),
    value: Number(value),
  };
};
