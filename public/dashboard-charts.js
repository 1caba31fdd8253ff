import { line, roundUp, stack } from './dashboard-draw.js';
import { milliseconds, rate, seconds, span } from './dashboard-words.js';

const WIDTH = 300;
const HEIGHT = 80;
/** Points that the charts have room for at the beginning. */
const FEWEST = 60;

const SVG = 'http://www.w3.org/2000/svg';

const svg = (name, attributes = {}) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const html = (name, className, text = '') => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/** An empty chart in its figure: lines are put in with `series`, the newest value stands beside the title. */
const prepare = (figure) => {
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
  const grid = svg('path', {
    class: 'grid',
    d: `M0 ${HEIGHT}H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 0H${WIDTH}`,
  });
  const lines = svg('g');
  picture.append(grid, lines);
  const now = html('output', 'newest');
  const top = html('span', 'top');
  const plot = html('div', 'plot');
  plot.append(picture, top);
  const scale = html('p', 'scale');
  const start = html('span', '');
  scale.append(start, html('span', '', 'now'));
  const legend = html('ul', 'legend');
  figure.querySelector('figcaption').append(now);
  figure.append(plot, scale, legend);
  return { figure, start, picture, lines, now, top, legend };
};

const name = (chart, names) => {
  const isSame =
    chart.names?.length === names.length && names.every((each, index) => each === chart.names[index]);
  if (isSame) return;
  chart.names = names;
  chart.paths = names.map((_, index) => ({
    area: svg('path', { class: `area s${index}` }),
    edge: svg('path', { class: `edge s${index}` }),
  }));
  chart.lines.replaceChildren(...chart.paths.map(({ area }) => area), ...chart.paths.map(({ edge }) => edge));
  chart.legend.replaceChildren(...names.map((each, index) => html('li', `s${index}`, each)));
  chart.legend.hidden = names.length < 2;
};

const latest = (points) => points.findLast((point) => point !== null) ?? null;

/** The three charts; they redraw once a second while somebody looks. */
export const createCharts = ({ section, visits, answers, news, load }) => {
  let charts;
  let data;
  let isLoading = false;

  const draw = ({ staleAfterMs }) => {
    if (document.hidden || data === undefined) return;
    // A young door fills the width with what it has, from a minute on.
    const slots = Math.max(FEWEST, data.newsAgeMs.length);
    for (const chart of Object.values(charts)) write(chart.start, `${span(slots * 1000)} ago`);
    drawVisits(charts.visits, data.visits, slots);
    drawAnswers(charts.answers, data.answers, slots);
    drawNews(charts.news, { points: data.newsAgeMs, staleAfterMs }, slots);
  };

  const reload = async (about) => {
    if (isLoading) return;
    isLoading = true;
    try {
      data = await load();
    } finally {
      isLoading = false;
    }
    charts ??= {
      visits: prepare(visits),
      answers: prepare(answers),
      news: prepare(news),
    };
    section.hidden = false;
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
    for (const [index, each] of data.visits.entries()) push(each.points, point.visits[index] ?? 0);
    for (const [index, each] of data.answers.entries()) push(each.points, point.answers[index]);
    push(data.newsAgeMs, point.newsAgeMs);
    draw(about);
  };

  return { reload, add };
};

const drawVisits = (chart, lines, slots) => {
  name(
    chart,
    lines.map((each) => each.name),
  );
  const length = Math.max(0, ...lines.map(({ points }) => points.length));
  let highest = 0;
  for (let index = 0; index < length; index += 1) {
    highest = Math.max(
      highest,
      lines.reduce((sum, { points }) => sum + (points[index] ?? 0), 0),
    );
  }
  const max = roundUp(highest);
  const frame = { width: WIDTH, height: HEIGHT, slots, max };
  for (const [index, { area }] of stack(
    lines.map(({ points }) => points),
    frame,
  ).entries()) {
    chart.paths[index].area.setAttribute('d', area);
  }
  const now = lines.reduce((sum, { points }) => sum + (points.at(-1) ?? 0), 0);
  write(chart.now, rate(now));
  write(chart.top, rate(max));
  chart.picture.setAttribute('aria-label', `visits a second: now ${rate(now)}, at most ${rate(highest)}`);
};

const drawAnswers = (chart, lines, slots) => {
  name(
    chart,
    lines.map((each) => each.name),
  );
  const max = roundUp(
    Math.max(0, ...lines.flatMap(({ points }) => points).filter((point) => point !== null)),
  );
  const frame = { width: WIDTH, height: HEIGHT, slots, max };
  for (const [index, { points }] of lines.entries())
    chart.paths[index].edge.setAttribute('d', line(points, frame));
  const last = lines.map(({ points }) => points.at(-1) ?? null).filter((point) => point !== null);
  const slowest = last.length === 0 ? '–' : milliseconds(Math.max(...last));
  write(chart.now, slowest);
  write(chart.top, milliseconds(max));
  chart.picture.setAttribute('aria-label', `answer time of the checks: now at most ${slowest}`);
};

const drawNews = (chart, { points, staleAfterMs }, slots) => {
  name(chart, ['age']);
  const highest = Math.max(0, ...points.filter((point) => point !== null));
  const max = Math.max(highest, (staleAfterMs ?? 0) * 1.25, 1000);
  const frame = { width: WIDTH, height: HEIGHT, slots, max };
  chart.paths[0].edge.setAttribute('d', line(points, frame));
  chart.limit ??= chart.picture.appendChild(svg('path', { class: 'limit' }));
  const y = (HEIGHT - ((staleAfterMs ?? 0) / max) * HEIGHT).toFixed(1);
  chart.limit.setAttribute('d', staleAfterMs === null ? '' : `M0 ${y}H${WIDTH}`);
  const now = latest(points.slice(-1));
  write(chart.now, now === null ? '–' : seconds(now));
  write(chart.top, seconds(max));
  chart.picture.setAttribute('aria-label', `age of the news: now ${now === null ? 'none' : seconds(now)}`);
};
