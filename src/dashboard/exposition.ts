/** Labels of one figure, in their order. No value holds a quote, a backslash or a newline: they are ids and words of ours. */
export type Labels = Readonly<Record<string, string>>;

/** Figures of one name. */
export interface Family {
  /** Writes a figure. */
  readonly put: (value: number, labels?: Labels) => void;
}

/** Cumulative counts of a histogram: how many took at most so long; the last bound is `Infinity`. */
export interface Times {
  /** in seconds, rising */
  readonly bounds: readonly number[];
  /** how many fell into each bound, not cumulative */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

/** A text in the exposition format of Prometheus, 0.0.4. */
export interface Exposition {
  readonly gauge: (name: string, help: string) => Family;
  /** @param name ends in `_total` */
  readonly counter: (name: string, help: string) => Family;
  readonly histogram: (
    name: string,
    help: string,
  ) => { readonly put: (times: Times, labels?: Labels) => void };
  readonly text: () => string;
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Begins a text. Families may be filled in any order; each comes in one piece, in the order in which it was made. */
export const createExposition = (): Exposition => {
  const families: string[][] = [];
  const begin = (name: string, kind: string, help: string): string[] => {
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
    families.push(lines);
    return lines;
  };
  const plain =
    (kind: string) =>
    (name: string, help: string): Family => {
      const lines = begin(name, kind, help);
      return { put: (value, labels) => lines.push(`${name}${printLabels(labels)} ${printValue(value)}`) };
    };
  return {
    gauge: plain('gauge'),
    counter: plain('counter'),
    histogram: (name, help) => {
      const lines = begin(name, 'histogram', help);
      return {
        put: ({ bounds, counts, sumSeconds }, labels = {}) => {
          let sum = 0;
          bounds.forEach((bound, at) => {
            sum += counts[at] ?? 0;
            lines.push(`${name}_bucket${printLabels({ ...labels, le: printValue(bound) })} ${sum}`);
          });
          lines.push(`${name}_sum${printLabels(labels)} ${printValue(sumSeconds)}`);
          lines.push(`${name}_count${printLabels(labels)} ${sum}`);
        },
      };
    },
    text: () => families.map((lines) => `${lines.join('\n')}\n`).join('\n'),
  };
};

const printLabels = (labels: Labels | undefined): string => {
  if (labels === undefined) return '';
  let text = '';
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${labels[name] ?? ''}"`;
  return text === '' ? '' : `${text}}`;
};

const printValue = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
};
