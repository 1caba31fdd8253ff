// Edits the config by /api. Every edit is meant for the state of the file that was there when its window opened.

const DOES = {
  ready: 'takes its share of visitors',
  drain: 'keeps the visitors it has and takes no new ones',
  maintenance: 'takes no visitors',
};

const at = (path) => new URL(path, location.origin);

/** What a person typed as the place of a secondary: a port of this host, or a URL. */
const placeOf = (text) => (/^\d+$/.test(text) ? { port: Number(text) } : { url: text });

/** Leaves out what was left empty. */
const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

/** A window with what may go wrong in it. */
const createWindow = (dialog) => {
  const trouble = dialog.querySelector('.trouble');
  const list = trouble.querySelector('ul');
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

  /** Asks for a change; the window closes when it is made. */
  const change = async (method, path, body) => {
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
      if (response.ok) dialog.close();
      else tell(told.error, told.mistakes);
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

/** State, weight and the end of one secondary. */
const editingOne = (dialog) => {
  const { open, change } = createWindow(dialog);
  const form = dialog.querySelector('form');
  const remove = dialog.querySelector('.remove');
  const states = [...dialog.querySelectorAll('.states button')];
  let id = '';
  const path = () => `/api/secondaries/${encodeURIComponent(id)}`;

  for (const button of states) {
    button.addEventListener('click', () => void change('PATCH', path(), { state: button.value }));
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void change('PATCH', path(), { weight: form.weight.valueAsNumber });
  });
  // Asked twice where nothing brings the visitors back: the second word on the same button.
  remove.addEventListener('click', () => {
    if (remove.dataset.sure === 'yes') void change('DELETE', path(), {});
    else {
      remove.dataset.sure = 'yes';
      remove.textContent = `Yes, take ${id} out`;
    }
  });

  return (row) => {
    ({ id } = row);
    dialog.querySelector('h2').textContent = id;
    dialog.querySelector('.does').textContent = `${row.state}: ${DOES[row.state]}`;
    for (const button of states) button.setAttribute('aria-pressed', String(button.value === row.state));
    remove.dataset.sure = 'no';
    remove.textContent = 'Take out of the list';
    void open();
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
