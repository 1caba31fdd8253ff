// Keeps the page true: listens to /api/events and writes what comes as text, never as markup.
import { createCharts } from './dashboard-charts.js';
import { startEditing } from './dashboard-edit.js';
import { createTable, FIRST_VIEW } from './dashboard-table.js';
import { count, percent, rate, receiptWords, seconds } from './dashboard-words.js';

/** Nothing heard for so long: what the page shows is old. A word comes every second. */
const SILENCE_MS = 2300;

/** So often the page looks whether something came. */
const LOOK_MS = 500;

/** So long it says that something comes again. */
const BACK_MS = 10_000;

/** After the door sent us away (too many dashboards, or stopping) we knock again. */
const AGAIN_MS = 5000;

/** Who types has not finished sooner. */
const TYPED_MS = 250;

const EVENTS = 50;

const $ = (id) => document.getElementById(id);
const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/** `location.origin` holds no user name and password, which an address typed with them would. */
const ask = async (path) => {
  const response = await fetch(new URL(path, location.origin));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};

const table = createTable({
  rows: $('rows'),
  blank: $('row'),
  tip: $('tip'),
  more: $('more'),
  ask: (wanted) => {
    view = wanted;
    clearTimeout(again);
    again = setTimeout(listen, TYPED_MS);
  },
});
const charts = createCharts({
  section: $('charts'),
  visits: $('chart-visits'),
  answers: $('chart-answers'),
  news: $('chart-news'),
  load: () => ask('/api/charts'),
});

let view = FIRST_VIEW;
let source;
let again;
let status;
let heardAt = performance.now();
let lookedAt = heardAt;
let isLost = false;
let backAt = -Infinity;

const paintHead = () => {
  const { headline, news, config, visits, receipts, version, at } = status;
  if ($('headline').textContent !== headline.words) {
    $('headline').textContent = headline.words;
    document.title = `${headline.words} · Usher`;
  }
  document.documentElement.dataset.tone = headline.tone;
  $('icon').href = `/dashboard-icon${headline.tone === 'trouble' ? '-trouble' : ''}.svg`;
  write($('version'), version);
  $('news').dataset.tone = news.tone;
  write($('news-words'), news.words);
  write($('news-age'), news.ageMs === null ? '' : `, news ${seconds(news.ageMs)} old`);
  const sent = visits.chosen + visits.kept;
  write($('figure-rate'), rate(visits.perSecond));
  write($('figure-sent'), count(sent));
  write($('figure-kept'), sent === 0 ? '–' : percent(visits.kept / sent));
  write($('figure-none'), count(visits.none));
  $('figure-none').parentElement.dataset.more = String(visits.none > 0);
  $('receipts').hidden = receipts === undefined;
  if (receipts !== undefined) write($('receipts'), receiptWords(receipts));
  $('as-of').dateTime = at;
  write($('as-of'), new Date(at).toLocaleTimeString());
  paintMistakes(config.mistakes);
};

const paintMistakes = (mistakes) => {
  $('mistakes').hidden = mistakes.length === 0;
  const list = $('mistakes-list');
  const isSame =
    list.children.length === mistakes.length &&
    mistakes.every((each, index) => list.children[index].textContent === each);
  if (isSame) return;
  list.replaceChildren(
    ...mistakes.map((words) => {
      const item = document.createElement('li');
      item.textContent = words;
      return item;
    }),
  );
};

const localTime = (element) => {
  element.textContent = new Date(element.dateTime).toLocaleTimeString();
};

const timeOf = (item) => item?.querySelector('time').dateTime ?? '';

/** Writes an event where its time puts it, once: it may come by itself and be read in the journal too. */
const showEvent = ({ at, words, tone }) => {
  const items = [...$('events').children];
  if (items.some((item) => timeOf(item) === at && item.querySelector('span').textContent === words)) return;
  const item = document.createElement('li');
  const time = document.createElement('time');
  const text = document.createElement('span');
  item.dataset.tone = tone;
  time.dateTime = at;
  localTime(time);
  text.textContent = words;
  item.append(time, ' ', text);
  $('events').insertBefore(item, items.find((other) => timeOf(other) <= at) ?? null);
  while ($('events').children.length > EVENTS) $('events').lastElementChild.remove();
};

/** No event up to here is missing; of later ones some may be, until the journal was read. */
let wholeUntil = timeOf($('events').firstElementChild);

const whole = async (next) => {
  status = next;
  paintHead();
  table.replace(next);
  await charts.reload(next.news);
  // Only now: what happened while nobody listened is read again from the journal.
  const entries = await ask('/api/journal');
  for (const entry of entries) if (entry.at >= wholeUntil) showEvent(entry);
  wholeUntil = entries.at(-1)?.at ?? wholeUntil;
};

const change = ({ point, secondaries, order, beats, between, ...summary }) => {
  status = { ...status, ...summary };
  paintHead();
  table.change({ ...summary, secondaries, order, beats, between, at: status.at });
  charts.add(point, status.news);
};

/** Says that nothing comes, since the last word that did. */
const sayLost = () => {
  isLost = true;
  const since = new Date($('as-of').dateTime).toLocaleTimeString();
  write($('lost'), `Usher does not answer. What stands here is from ${since}.`);
  $('lost').dataset.tone = 'watch';
  $('lost').hidden = false;
};

const sayBack = () => {
  isLost = false;
  backAt = heardAt;
  write($('lost'), `Usher answers again, since ${new Date().toLocaleTimeString()}.`);
  $('lost').dataset.tone = 'fine';
};

/** What goes wrong with one message must not stop the next ones; the page then says by itself that it is old. */
const heard = (take) => (event) => {
  heardAt = performance.now();
  if (isLost) sayBack();
  Promise.resolve(take(JSON.parse(event.data))).catch((error) => console.error(error));
};

const listen = () => {
  source?.close();
  const url = new URL('/api/events', location.origin);
  url.searchParams.set('rows', view.limit);
  if (view.words !== '') url.searchParams.set('find', view.words);
  if (view.onlyTrouble) url.searchParams.set('trouble', '');
  source = new EventSource(url);
  source.addEventListener('status', heard(whole));
  source.addEventListener('change', heard(change));
  source.addEventListener('entry', heard(showEvent));
  source.addEventListener('error', () => {
    // the connection is gone, at once when Usher is
    sayLost();
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(again);
    again = setTimeout(listen, AGAIN_MS);
  });
};

setInterval(() => {
  const now = performance.now();
  // When the page itself was busy or asleep, what came is not taken in yet.
  const isFresh = now - lookedAt < SILENCE_MS;
  lookedAt = now;
  if (isFresh && now - heardAt >= SILENCE_MS) sayLost();
  if (!isLost && now - backAt >= BACK_MS) $('lost').hidden = true;
}, LOOK_MS);

for (const time of $('events').querySelectorAll('time')) localTime(time);
startEditing({
  page: document.documentElement,
  rows: $('rows'),
  rowOf: table.rowOf,
  add: $('add'),
  versions: $('versions'),
  windows: { one: $('edit-one'), add: $('edit-add'), versions: $('edit-versions') },
});
table.onFind({ form: $('find'), text: $('find-text'), trouble: $('find-trouble') });
listen();
