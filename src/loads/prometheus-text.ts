/** Which series of a metric are meant: its name and the labels they must have. */
export interface Selector {
  readonly name: string;
  readonly labels: readonly (readonly [string, string])[];
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\[\\"n])*)"\s*/y;
const REST = /\s+(\S+)(?:\s+-?\d+(?:\.\d+)?)?(?:\s+#.*)?\s*$/y;

/** Reads a selector such as `apache_workers{state="busy"}`; undefined when it is none. Only `=` can be asked for. */
export const parseSelector = (text: string): Selector | undefined => {
  const series = readSeries(text.trim());
  return series?.rest === '' ? { name: series.name, labels: [...series.labels] } : undefined;
};

/**
 * Finds the values of all series that a selector means, in Prometheus' text format (version 0.0.4, and OpenMetrics).
 *
 * @returns the values as they stand there; empty when there is no such series; undefined when a line of that metric
 *   cannot be read
 */
export const valuesOf = (text: string, { name, labels }: Selector): readonly string[] | undefined => {
  const values: string[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue;
    const series = readSeries(line);
    if (series === undefined) return undefined;
    if (series.name !== name) continue;
    REST.lastIndex = 0;
    const value = REST.exec(series.rest)?.[1];
    if (value === undefined) return undefined;
    if (labels.every(([label, wanted]) => series.labels.get(label) === wanted)) values.push(value);
  }
  return values;
};

const readSeries = (
  line: string,
):
  | { readonly name: string; readonly labels: ReadonlyMap<string, string>; readonly rest: string }
  | undefined => {
  NAME.lastIndex = 0;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return undefined;
  const labels = new Map<string, string>();
  let here = NAME.lastIndex;
  while (line[here] === ' ') here += 1;
  if (line[here] !== '{') return { name, labels, rest: line.slice(NAME.lastIndex) };
  here += 1;
  while (line[here] !== '}') {
    LABEL.lastIndex = here;
    const [, label, value] = LABEL.exec(line) ?? [];
    if (label === undefined || value === undefined) return undefined;
    labels.set(label, unescaped(value));
    here = LABEL.lastIndex;
    if (line[here] === ',') here += 1;
    else if (line[here] !== '}') return undefined;
  }
  return { name, labels, rest: line.slice(here + 1) };
};

const unescaped = (value: string): string =>
  value.replace(/\\([\\"n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
