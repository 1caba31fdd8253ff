import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const FILE = new URL('../../ops/lifeline/usher-lifeline.js', import.meta.url);

/** What a page that brings the lifeline registers, where a service worker may be already. */
const registeredBeside = async (script: string | undefined): Promise<readonly string[]> => {
  const registered: string[] = [];
  const asked = Promise.withResolvers<boolean>();
  runInNewContext(await readFile(FILE, 'utf8'), {
    ...{ URL, URLSearchParams },
    location: new URL('https://www.example.org:8443/app'),
    document: {
      currentScript: { src: 'https://www.example.org:8443/usher-lifeline.js', dataset: {} },
    },
    navigator: {
      serviceWorker: {
        getRegistration: () => {
          setImmediate(asked.resolve, true);
          return Promise.resolve(script === undefined ? undefined : { active: { scriptURL: script } });
        },
        register: (url: string) => {
          registered.push(url);
          return Promise.resolve();
        },
      },
    },
  });
  await asked.promise;
  return registered;
};

test("the lifeline leaves the site's own service worker where it is, and renews itself", async () => {
  const itself = '/usher-lifeline.js?primary=https%3A%2F%2Fwww.example.org';
  assert.deepEqual(await registeredBeside(undefined), [itself]);
  assert.deepEqual(await registeredBeside(`https://www.example.org:8443${itself}`), [itself]);
  assert.deepEqual(await registeredBeside('https://www.example.org:8443/sw.js'), []);
});
