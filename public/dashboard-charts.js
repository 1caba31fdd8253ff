// The three charts, drawn by uPlot, which this door gives out itself. They redraw once a second while somebody looks.
import { milliseconds, rate, seconds } from './dashboard-words.js';

/** Loaded after the page stands: nobody waits for it to read who works. */
const UPLOT = '/dashboard-uplot.js';

/** Seconds that the charts have room for at the beginning. */
const FEWEST = 60;

const COLOURS = 8;

const html = (name, className, text = '') => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/** The colours of the page as they are now: light or dark. */
const palette = () => {
  const style = window.getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    line: of('line'),
    soft: of('soft'),
    trouble: of('trouble'),
    lines: Array.from({ length: COLOURS }, (_, index) => of(`s${index}`)),
  };
};

const latest = (points) => points.findLast((point) => point !== null) ?? null;

/** One on top of the other: the uppermost first, so that the lower ones are painted over it. */
const stacked = (lines, length) => {
  const sum = new Array(length).fill(0);
  return lines
    .map(({ name, points }) => {
      const missing = length - points.length;
      points.forEach((point, index) => (sum[missing + index] += point ?? 0));
      return { name, values: [...sum] };
    })
    .reverse();
};

/** A chart in its figure: what it shows, its newest value, its lines by name. */
const createChart = (uPlot, { figure, format, isStacked }) => {
  const now = html('output', 'newest');
  const plot = html('div', 'plot');
  const legend = html('ul', 'legend');
  plot.setAttribute('role', 'img');
  figure.querySelector('figcaption').append(now);
  figure.append(plot, legend);
  let chart;
  let names = '';
  let limit = null;

  const build = (lines) => {
    chart?.destroy();
    const colours = palette();
    const colourOf = (index) => colours.lines[(isStacked ? lines.length - 1 - index : index) % COLOURS];
    const axis = {
      stroke: colours.soft,
      font: `11px ${window.getComputedStyle(document.body).fontFamily}`,
      grid: { stroke: colours.line, width: 1 },
      ticks: { show: false },
    };
    const options = {
      width: Math.max(120, plot.clientWidth),
      height: Math.max(90, plot.clientHeight),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: true },
        y: { range: (_, __, most) => [0, Math.max(most ?? 0, limit === null ? 0 : limit * 1.25, 1) * 1.05] },
      },
      axes: [
        { ...axis, size: 22, space: 70, grid: { show: false } },
        { ...axis, size: 52, space: 28, values: (_, values) => values.map(format) },
      ],
      series: [
        {},
        ...lines.map(({ name }, index) => ({
          label: name,
          stroke: colourOf(index),
          width: isStacked ? 1 : 1.75,
          ...(isStacked ? { fill: colourOf(index) } : {}),
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: {
        setCursor: [(self) => tell(self, lines)],
        drawAxes: [(self) => drawLimit(self, colours.trouble)],
      },
    };
    chart = new uPlot(options, [[], ...lines.map(() => [])], plot);
    legend.replaceChildren(...lines.map(({ name }, index) => entry(name, colourOf(index))));
    if (isStacked) legend.append(...[...legend.children].reverse());
    legend.hidden = lines.length < 2;
  };

  const entry = (name, colour) => {
    const item = html('li', '', '');
    const dot = html('i', '');
    dot.style.background = colour;
    item.append(dot, html('span', '', name), html('b', ''));
    return item;
  };

  /** What the lines say under the pointer. */
  const tell = (self, lines) => {
    const { idx } = self.cursor;
    const items = [...legend.children];
    lines.forEach((_, index) => {
      const item = items[isStacked ? lines.length - 1 - index : index];
      const below = isStacked ? (self.data[index + 2]?.[idx] ?? 0) : 0;
      const value = idx === null || idx === undefined ? null : self.data[index + 1][idx];
      write(item.lastChild, value === null || value === undefined ? '' : ` ${format(value - below)}`);
    });
  };

  /** From there on it is too much. */
  const drawLimit = (self, colour) => {
    if (limit === null) return;
    const { ctx, bbox } = self;
    const y = self.valToPos(limit, 'y', true);
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  };

  const draw = ({ at, lines, newest, words, above = null }) => {
    limit = above;
    const wanted = lines.map(({ name }) => name).join('\n');
    if (chart === undefined || wanted !== names) build(lines);
    names = wanted;
    chart.setData([at, ...lines.map(({ values }) => values)]);
    write(now, newest);
    if (plot.getAttribute('aria-label') !== words) plot.setAttribute('aria-label', words);
  };

  const fit = () => {
    if (chart === undefined || plot.clientWidth === 0) return;
    if (chart.width === plot.clientWidth && chart.height === plot.clientHeight) return;
    chart.setSize({ width: plot.clientWidth, height: plot.clientHeight });
  };
  new window.ResizeObserver(fit).observe(plot);

  return {
    draw,
    /** The colours are others now. */
    repaint: () => {
      names = '\n';
    },
  };
};

/** The three charts; they redraw once a second while somebody looks. */
export const createCharts = ({ section, visits, answers, news, load }) => {
  let charts;
  let data;
  let isLoading = false;
  /** of the newest point, in seconds */
  let newestAt = Date.now() / 1000;

  const draw = ({ staleAfterMs }) => {
    if (document.hidden || data === undefined || charts === undefined) return;
    const length = data.newsAgeMs.length;
    const slots = Math.max(FEWEST, length);
    const at = Array.from({ length: slots }, (_, index) => newestAt - (slots - 1 - index));
    const filled = (points) => [...new Array(Math.max(0, slots - points.length)).fill(null), ...points];
    drawVisits(charts.visits, { at, slots, lines: data.visits });
    const last = data.answers.map(({ points }) => points.at(-1) ?? null).filter((point) => point !== null);
    const slowest = last.length === 0 ? '–' : milliseconds(Math.max(...last));
    charts.answers.draw({
      at,
      lines: data.answers.map(({ name, points }) => ({ name, values: filled(points) })),
      newest: slowest,
      words: `answer time of the checks: now at most ${slowest}`,
    });
    const age = latest(data.newsAgeMs.slice(-1));
    const words = age === null ? '–' : seconds(age);
    charts.news.draw({
      at,
      lines: [{ name: 'age', values: filled(data.newsAgeMs) }],
      newest: words,
      words: `age of the news: now ${words}`,
      above: staleAfterMs,
    });
  };

  const reload = async (about) => {
    if (isLoading) return;
    isLoading = true;
    try {
      const [{ default: uPlot }, loaded] = await Promise.all([import(UPLOT), load()]);
      data = loaded;
      newestAt = Date.now() / 1000;
      section.hidden = false;
      charts ??= {
        visits: createChart(uPlot, { figure: visits, format: rate, isStacked: true }),
        answers: createChart(uPlot, { figure: answers, format: milliseconds, isStacked: false }),
        news: createChart(uPlot, { figure: news, format: seconds, isStacked: false }),
      };
    } finally {
      isLoading = false;
    }
    draw(about);
  };

  const push = (points, point) => {
    points.push(point ?? null);
    if (points.length > data.lookBack) points.shift();
  };

  const add = (point, about) => {
    if (data === undefined || isLoading) return;
    if (point.edition !== data.edition || point.answers.length !== data.answers.length) {
      reload(about).catch((error) => console.error(error));
      return;
    }
    newestAt = Date.now() / 1000;
    for (const [index, each] of data.visits.entries()) push(each.points, point.visits[index] ?? 0);
    for (const [index, each] of data.answers.entries()) push(each.points, point.answers[index]);
    push(data.newsAgeMs, point.newsAgeMs);
    draw(about);
  };

  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const chart of Object.values(charts ?? {})) chart.repaint();
  });

  return { reload, add };
};

const drawVisits = (chart, { at, slots, lines }) => {
  const length = Math.min(slots, Math.max(0, ...lines.map(({ points }) => points.length)));
  const missing = new Array(slots - length).fill(null);
  const now = lines.reduce((sum, { points }) => sum + (points.at(-1) ?? 0), 0);
  chart.draw({
    at,
    lines: stacked(lines, length).map(({ name, values }) => ({ name, values: [...missing, ...values] })),
    newest: rate(now),
    words: `visits a second: now ${rate(now)}`,
  });
};
