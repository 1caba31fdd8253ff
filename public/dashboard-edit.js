import { count, percent } from './dashboard-words.js';

// Edits the config by /api. Every edit is meant for the state of the file that was there when its window opened.

const DOES = {
  ready: 'takes its share of visitors',
  drain: 'keeps the visitors it has and takes no new ones',
  maintenance: 'takes no visitors',
};

const at = (path) => new URL(path, location.origin);

/** What a person typed as the place of a secondary: a port of this host, or a URL. */
const placeOf = (text) => (/^\d+$/.test(text) ? { port: Number(text) } : { url: text });

/** An instant as an input of that kind wants it: in the local time, to the minute. */
const localInput = (iso) => {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** Leaves out what was left empty. */
const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

/** A window with what may go wrong in it. */
const createWindow = (dialog) => {
  const trouble = dialog.querySelector('.trouble');
  const list = trouble.querySelector('ul');
  const preview = createPreview(dialog.querySelector('.preview'));
  /** the config as it was when the window opened */
  let looked;
  let isBusy = false;

  const tell = (words, mistakes = []) => {
    trouble.hidden = words === '';
    trouble.querySelector('p').textContent = words;
    list.replaceChildren(
      ...mistakes.map((mistake) => {
        const item = document.createElement('li');
        item.textContent = mistake.words;
        return item;
      }),
    );
  };

  const look = async () => {
    const response = await fetch(at('/api/config'));
    const config = await response.json();
    if (!response.ok) throw new Error(config.error);
    return config;
  };

  const open = async () => {
    tell('');
    preview.hide();
    for (const form of dialog.querySelectorAll('form')) form.reset();
    dialog.showModal();
    looked = look();
    try {
      return await looked;
    } catch (error) {
      tell(`The config cannot be read from here: ${error.message}`);
      return undefined;
    }
  };

  /** Asks what a change would do, and shows it; it is made when that is agreed to. */
  const change = async (method, path, body) => {
    if (isBusy) return;
    await ask(method, `${path}?dry-run`, body, (told) => {
      if (!told.isNew) {
        preview.hide();
        tell('The config says so already.');
      } else preview.show(told, () => void ask(method, path, body, () => dialog.close()));
    });
  };

  const ask = async (method, path, body, done) => {
    if (isBusy) return;
    isBusy = true;
    dialog.setAttribute('aria-busy', 'true');
    try {
      const { etag } = await looked;
      const response = await fetch(at(path), {
        method,
        headers: { 'Content-Type': 'application/json', 'If-Match': etag },
        body: JSON.stringify(body),
      });
      const told = await response.json();
      if (response.ok) {
        tell('');
        done(told);
      } else {
        preview.hide();
        tell(told.error, told.mistakes);
      }
      if (response.status === 412) {
        looked = look();
        // told when the next change is asked for
        looked.catch(() => {});
      }
    } catch (error) {
      tell(`Nothing came back: ${error.message}. Look at the config before you try again.`);
    } finally {
      isBusy = false;
      dialog.removeAttribute('aria-busy');
    }
  };

  dialog.querySelector('.close').addEventListener('click', () => dialog.close());
  return { open, change };
};

const MARKS = { same: '  ', out: '− ', in: '+ ' };

const cell = (name, className, text) => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

const share = (value) => (value === undefined ? '–' : percent(value));

const effectWords = ({ visits, madeUp, guessed, bound, moving }) => {
  const tried =
    madeUp > 0
      ? `Tried with ${count(madeUp)} made-up visitors, as too few came yet.`
      : `Tried with the last ${count(visits)} new visitors.${
          guessed > 0
            ? ` What this policy goes by is not kept of ${count(guessed)} of them: network, cookie and path were made up.`
            : ''
        }`;
  if (bound === 0) return `${tried} Nobody is bound to a secondary.`;
  return moving === 0
    ? `${tried} None of about ${count(bound)} bound visitors moves.`
    : `${tried} About ${count(moving)} of ${count(bound)} bound visitors move to another one.`;
};

/** More rows than this say nothing; those that change most stand first. */
const MOST_SHARES = 8;

/** What an edit would do: the lines of the file, the shares, the visitors who move. */
const createPreview = (box) => {
  const shares = box.querySelector('.shares');
  const save = box.querySelector('.save');
  let agreed = () => {};
  save.addEventListener('click', () => agreed());
  const hide = () => {
    box.hidden = true;
    box.closest('dialog').removeAttribute('data-asking');
  };
  box.querySelector('.back').addEventListener('click', hide);

  const show = ({ diff, foreseen }, onSave) => {
    agreed = onSave;
    box.querySelector('.effect').textContent = foreseen ? effectWords(foreseen) : '';
    shares.hidden = !foreseen;
    const moved = ({ before = 0, after = 0 }) => Math.abs(after - before);
    const rows = [...(foreseen?.shares ?? [])];
    if (rows.length > MOST_SHARES) rows.sort((one, other) => moved(other) - moved(one));
    shares.querySelector('tbody').replaceChildren(
      ...rows.slice(0, MOST_SHARES).map(({ id, before, after }) => {
        const row = document.createElement('tr');
        row.append(
          cell('th', '', id),
          cell('td', 'number', share(before)),
          cell('td', 'number', share(after)),
        );
        row.firstChild.scope = 'row';
        return row;
      }),
    );
    box
      .querySelector('.diff')
      .replaceChildren(...diff.map(({ is, text }) => cell('code', is, `${MARKS[is]}${text}`)));
    box.hidden = false;
    box.closest('dialog').setAttribute('data-asking', '');
    save.focus();
  };
  return { show, hide };
};

/** State, weight and the end of one secondary. */
const editingOne = (dialog) => {
  const { open, change } = createWindow(dialog);
  const form = dialog.querySelector('form');
  const remove = dialog.querySelector('.remove');
  const states = [...dialog.querySelectorAll('.states button')];
  let id = '';
  const path = () => `/api/secondaries/${encodeURIComponent(id)}`;

  const until = dialog.querySelector('.until input');
  for (const button of states) {
    button.addEventListener('click', () => {
      const ends =
        until.value === '' || button.value === 'ready' ? null : new Date(until.value).toISOString();
      void change('PATCH', path(), { state: button.value, until: ends });
    });
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void change('PATCH', path(), { weight: form.weight.valueAsNumber });
  });
  remove.addEventListener('click', () => void change('DELETE', path(), {}));

  return (row) => {
    ({ id } = row);
    dialog.querySelector('h2').textContent = id;
    dialog.querySelector('.does').textContent = row.takenOutBy
      ? `${row.state} by a file: takes no visitors, whatever the config says, until ${row.takenOutBy} is removed`
      : `${row.state}: ${DOES[row.state]}`;
    for (const button of states) button.setAttribute('aria-pressed', String(button.value === row.state));
    void open();
    until.value = row.until ? localInput(row.until) : '';
    form.weight.value = String(row.weight);
  };
};

const adding = (dialog) => {
  const { open, change } = createWindow(dialog);
  const form = dialog.querySelector('form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { place, at: reached, id, weight } = form.elements;
    void change('POST', '/api/secondaries', {
      ...filled({ id: id.value.trim() }),
      ...placeOf(place.value.trim()),
      ...filled({ at: reached.value.trim() }),
      ...(weight.value === '' ? {} : { weight: weight.valueAsNumber }),
    });
  });
  return () => void open();
};

const bringingBack = (dialog) => {
  const { open, change } = createWindow(dialog);
  const list = dialog.querySelector('ol');
  const none = dialog.querySelector('.none');
  const itemOf = ({ number, name, keptAt, bytes }) => {
    const item = document.createElement('li');
    const words = document.createElement('span');
    const button = document.createElement('button');
    words.textContent = `${name} until ${new Date(keptAt).toLocaleString()}, ${bytes} bytes`;
    button.type = 'button';
    button.textContent = 'Bring back';
    button.setAttribute('aria-label', `Bring back ${name} until ${new Date(keptAt).toLocaleString()}`);
    button.addEventListener('click', () => void change('POST', '/api/config/restore', { version: number }));
    item.append(words, ' ', button);
    return item;
  };
  return async () => {
    list.replaceChildren();
    none.hidden = true;
    const config = await open();
    if (config === undefined) return;
    list.replaceChildren(...config.versions.map(itemOf));
    none.hidden = config.versions.length > 0;
  };
};

/** Puts the buttons of the page in force, where there is a config file to edit. */
export const startEditing = ({ page, rows, rowOf, add, versions, windows }) => {
  if (page.dataset.editable === undefined) return;
  page.dataset.editing = '';
  const openOne = editingOne(windows.one);
  rows.addEventListener('click', (event) => {
    const row = event.target.closest?.('.edit') && rowOf(event.target.closest('tr').dataset.id);
    if (row) openOne(row);
  });
  add.addEventListener('click', adding(windows.add));
  versions.addEventListener('click', bringingBack(windows.versions));
};
