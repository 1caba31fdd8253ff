import { bars, beatAt } from './dashboard-draw.js';
import { inView } from './dashboard-view.js';
import { ago, count, milliseconds, notRead, percent, rate, span, whyNot } from './dashboard-words.js';

/** Up to so many rows all are kept painted, in sight or not. */
const FEW = 60;

/** What the page shows at first. So many rows more come with each click on "more". */
export const FIRST_VIEW = { words: '', onlyTrouble: false, limit: 100 };

const isSameView = (one, other) =>
  one.words === other.words && one.onlyTrouble === other.onlyTrouble && one.limit === other.limit;

/** From so many rows on one wants to search. */
const MANY = 12;

const BEATS = 40;

const tone = (row) => {
  if (row.health === 'down') return 'trouble';
  return row.usable ? 'fine' : 'quiet';
};

/** A row of the page with its fields found once. */
const fieldsOf = (element) => {
  const fields = { element, bars: element.querySelector('.bars') };
  for (const field of element.querySelectorAll('[data-f]')) fields[field.dataset.f] = field;
  fields.passes = fields.bars.querySelector('.passes');
  fields.failures = fields.bars.querySelector('.failures');
  return fields;
};

const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const show = (element, isShown, text) => {
  element.hidden = !isShown;
  write(element, isShown ? text : '');
};

const when = (element, at, text) => {
  element.dateTime = at ?? '';
  write(element, at ? text : '');
};

/** What an object that came as JSON holds under an id: a secondary may be called `constructor`. */
const ofId = (held = {}, id) => (Object.hasOwn(held, id) ? held[id] : undefined);

/** Writes one row. All of it is text; the pictures are numbers. */
const paint = (fields, { row, beats }, now) => {
  const { element } = fields;
  const { check, load, share, visits } = row;
  element.dataset.health = row.health;
  element.dataset.tone = tone(row);
  write(fields.id, row.id);
  const about = `/secondary/${encodeURIComponent(row.id)}`;
  if (fields.id.getAttribute('href') !== about) fields.id.setAttribute('href', about);
  write(fields.address, row.address);
  if (fields.edited) write(fields.edited, row.id);
  write(fields.health, row.health);
  show(fields.state, row.state !== 'ready', row.state);
  show(fields.role, row.role !== 'active', row.role);
  show(fields.warmth, row.warmth < 1, `warming up, ${percent(row.warmth)}`);
  when(fields.since, row.since, `for ${span(now - Date.parse(row.since))}`);
  write(fields.check, check?.words ?? 'not asked yet');
  write(fields.inARow, check && !check.ok && check.inARow > 1 ? `, ${check.inARow} in a row` : '');
  when(fields.checkAge, check?.at, ago(now - Date.parse(check?.at)));
  show(fields.detail, Boolean(check && !check.ok && check.detail), check?.detail);
  write(fields.load, load?.words || '–');
  when(fields.loadAge, load?.at, ago(now - Date.parse(load?.at)));
  show(fields.notRead, row.loadFailure !== undefined, notRead(row));
  fields.givenBar.setAttribute('width', (share.given ?? 0) * 100);
  fields.wantedBar.setAttribute('x', Math.min(99, share.wanted * 100));
  write(fields.given, share.given === null ? '–' : percent(share.given));
  write(fields.wanted, row.passedOver ? whyNot(row.passedOver) : `wanted ${percent(share.wanted)}`);
  write(fields.rate, rate(visits.perSecond));
  write(fields.totals, `${count(visits.chosen)} new, ${count(visits.kept)} back`);
  write(fields.bound, `about ${count(row.bound)} bound`);
  write(fields.weight, String(row.weight));
  if (!beats) return;
  const { passes, failures, words } = bars(beats);
  fields.passes.setAttribute('d', passes);
  fields.failures.setAttribute('d', failures);
  fields.bars.setAttribute('aria-label', words);
};

/**
 * The pool as a table. Figures are written only in rows in sight: a thousand of them must cost no more than a
 * screenful. Of a pool that has more secondaries than are shown, the door sends those that are: `ask` asks it for
 * another view.
 */
export const createTable = ({ rows, blank, tip, more, ask }) => {
  /** those that the door told of, in its order: what is known of each, and its row where it has one */
  const known = new Map();
  const dressed = new Set();
  const inSight = new Set();
  let view = FIRST_VIEW;
  let asked = FIRST_VIEW;
  /** how many there are, and how many of them the door found */
  let sizes = { all: 0, found: 0 };
  let form;
  let now = Date.now();

  const observer = new window.IntersectionObserver((sights) => {
    for (const { target, isIntersecting } of sights) {
      const one = known.get(target.dataset.id);
      if (one === undefined) continue;
      if (!isIntersecting) inSight.delete(one);
      else {
        inSight.add(one);
        paint(one.fields, one, now);
      }
    }
  });

  /** Gives a secondary its row on the page. */
  const dress = (one, element) => {
    one.fields = fieldsOf(element);
    dressed.add(one);
    observer.observe(element);
  };

  const undress = (one) => {
    observer.unobserve(one.fields.element);
    one.fields.element.remove();
    one.fields = undefined;
    inSight.delete(one);
    dressed.delete(one);
  };

  const made = (one) => {
    const element = blank.content.firstElementChild.cloneNode(true);
    element.dataset.id = one.row.id;
    dress(one, element);
    paint(one.fields, one, now);
  };

  /** Puts the rows that are shown into their places; there are never more than the view has room for. */
  const arrange = () => {
    const isWindow = sizes.all > known.size;
    if (isWindow && !isSameView(view, asked)) {
      asked = view;
      ask(view);
    }
    const found = inView(
      [...known.values()].map(({ row }) => row),
      view,
    );
    const shown = new Set(found.slice(0, view.limit).map(({ id }) => known.get(id)));
    for (const one of dressed) if (!shown.has(one)) undress(one);
    let before = null;
    for (const one of shown) {
      if (one.fields === undefined) made(one);
      const place = before === null ? rows.firstElementChild : before.nextElementSibling;
      if (place !== one.fields.element) rows.insertBefore(one.fields.element, place);
      before = one.fields.element;
    }
    while (rows.lastElementChild !== before) rows.lastElementChild.remove();
    const missing = (isWindow ? sizes.found : found.length) - shown.size;
    more.hidden = missing <= 0;
    write(more, `Show more: ${count(missing)} are not on the page`);
    if (form !== undefined) form.hidden = sizes.all < MANY;
  };
  more.addEventListener('click', (event) => {
    event.preventDefault();
    view = { ...view, limit: view.limit + FIRST_VIEW.limit };
    arrange();
  });

  /** @param between those before the last one that were not told yet */
  const noteBeat = (one, between = []) => {
    const { check } = one.row;
    if (one.beats === undefined || !check?.at) return;
    const at = Date.parse(check.at);
    if (one.beats.at(-1)?.[0] >= at) return;
    one.beats.push(...between, check.ok ? [at, check.tookMs] : [at, check.tookMs, check.words]);
    one.beats.splice(0, one.beats.length - BEATS);
  };

  const paintAll = () => {
    for (const one of dressed.size > FEW ? inSight : dressed) paint(one.fields, one, now);
  };

  const replace = ({ secondaries: list, beats, all, found, at }) => {
    now = Date.parse(at);
    sizes = { all, found };
    const elements = new Map([...rows.children].map((element) => [element.dataset.id, element]));
    const before = new Map(known);
    known.clear();
    for (const row of list) {
      const one = before.get(row.id) ?? { row, fields: undefined };
      before.delete(row.id);
      one.row = row;
      one.beats = ofId(beats, row.id) ?? [];
      noteBeat(one);
      known.set(row.id, one);
      const element = elements.get(row.id);
      if (one.fields === undefined && element !== undefined) dress(one, element);
    }
    for (const one of before.values()) if (one.fields !== undefined) undress(one);
    arrange();
    paintAll();
  };

  /** Others are in view now, or in another order. */
  const reorder = (ids) => {
    const before = new Map(known);
    known.clear();
    for (const id of ids) {
      known.set(id, before.get(id));
      before.delete(id);
    }
    for (const one of before.values()) if (one.fields !== undefined) undress(one);
  };

  const change = ({ secondaries, order, beats, between, at, ...summary }) => {
    now = Date.parse(at);
    sizes = { all: summary.all ?? sizes.all, found: summary.found ?? sizes.found };
    let turns = order !== undefined;
    for (const { id, ...fields } of secondaries) {
      const one = known.get(id);
      if (one === undefined) {
        if (order !== undefined)
          known.set(id, { row: { id, ...fields }, beats: ofId(beats, id) ?? [], fields: undefined });
        continue;
      }
      one.row = { ...one.row, ...fields };
      // `null` says that a field is gone; those that may be null themselves lie deeper or are `since`.
      for (const [key, value] of Object.entries(fields))
        if (value === null && key !== 'since') delete one.row[key];
      noteBeat(one, ofId(between, id));
      // A turn is written wherever the row is: who searches the page or has it read aloud must not miss it.
      const isTurn = 'health' in fields || 'state' in fields || 'usable' in fields || 'warmth' in fields;
      if (isTurn && one.fields !== undefined) paint(one.fields, one, now);
      turns ||= isTurn;
    }
    if (order !== undefined) reorder(order);
    if (turns && (order !== undefined || view.onlyTrouble || known.size > view.limit)) arrange();
    paintAll();
  };

  const onFind = ({ form: found, text, trouble }) => {
    form = found;
    const look = () => {
      view = { ...view, words: text.value.trim().toLowerCase(), onlyTrouble: trouble.checked };
      arrange();
    };
    form.addEventListener('input', look);
    form.addEventListener('submit', (event) => event.preventDefault());
  };

  const tell = (event) => {
    const picture = event.target.closest?.('.bars');
    const one = picture ? known.get(picture.closest('tr').dataset.id) : undefined;
    const box = picture?.getBoundingClientRect();
    const index = one?.beats ? beatAt((event.clientX - box.left) / box.width, one.beats.length) : -1;
    tip.hidden = index < 0;
    if (index < 0) return;
    const [at, tookMs, failure] = one.beats[index];
    tip.textContent = `${new Date(at).toLocaleTimeString()}  ${failure ?? `answered in ${milliseconds(tookMs)}`}`;
    tip.style.left = `${Math.min(event.clientX, window.innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${box.bottom + 6}px`;
  };
  rows.addEventListener('pointermove', tell);
  rows.addEventListener('pointerleave', () => {
    tip.hidden = true;
  });

  const rowOf = (id) => known.get(id)?.row;

  return { replace, change, onFind, rowOf };
};
