/** Labels of one figure, in their order. No value holds a quote, a backslash or a newline: they are ids and words of ours. */
export type Labels = Readonly<Record<string, string>>;

/** Labels as they stand in the text: `{secondary="web1",kind="kept"}`. Whoever writes thousands makes them himself. */
export type PrintedLabels = `{${string}}`;

/** Figures of one name. */
export interface Family {
  /** Writes a figure. */
  readonly put: (value: number, labels?: Labels | PrintedLabels) => void;
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
  const families: Page[] = [];
  const begin = (name: string, kind: string, help: string): Page => {
    const page = createPage();
    page.write(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`);
    families.push(page);
    return page;
  };
  const plain =
    (kind: string) =>
    (name: string, help: string): Family => {
      const { write } = begin(name, kind, help);
      return {
        put: (value, labels) => {
          write(`${name}${printLabels(labels)} ${printValue(value)}\n`);
        },
      };
    };
  return {
    gauge: plain('gauge'),
    counter: plain('counter'),
    histogram: (name, help) => {
      const { write } = begin(name, 'histogram', help);
      return {
        put: ({ bounds, counts, sumSeconds }, labels = {}) => {
          let sum = 0;
          bounds.forEach((bound, at) => {
            sum += counts[at] ?? 0;
            write(`${name}_bucket${printLabels({ ...labels, le: printValue(bound) })} ${sum}\n`);
          });
          write(`${name}_sum${printLabels(labels)} ${printValue(sumSeconds)}\n`);
          write(`${name}_count${printLabels(labels)} ${sum}\n`);
        },
      };
    },
    text: () => families.map(({ text }) => text()).join('\n'),
  };
};

/** A text that grows. */
interface Page {
  readonly write: (line: string) => void;
  readonly text: () => string;
}

/** So many lines are put together at once: two hundred thousand single ones would keep the collector of garbage busy. */
const LINES = 128;

const createPage = (): Page => {
  const parts: string[] = [];
  let lines: string[] = [];
  return {
    write: (line) => {
      lines.push(line);
      if (lines.length < LINES) return;
      parts.push(lines.join(''));
      lines = [];
    },
    text: () => [...parts, ...lines].join(''),
  };
};

const printLabels = (labels: Labels | PrintedLabels | undefined): string => {
  if (labels === undefined) return '';
  if (typeof labels === 'string') return labels;
  let text = '';
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${labels[name] ?? ''}"`;
  return text === '' ? '' : `${text}}`;
};

const printValue = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
};
