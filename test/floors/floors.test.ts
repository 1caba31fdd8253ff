import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A house of its own in which every rule but one holds in each file. */
const files: Readonly<Record<string, string>> = {
  'src/model/a.ts': 'export const a = 1;',
  'src/model/up.ts': "import '../unit.ts';",
  'src/unit.ts': "import './model/a.ts';",
  'src/errors.ts': "import './unit.ts';",
  'src/wire/wire.ts': "import '../errors.ts';",
  'src/loads/apache.ts': "import '../wire/wire.ts';",
  'src/checks/http.ts': "import '../loads/apache.ts';",
  'src/checks/asks.ts': "import '../monitor/loop.ts';",
  'src/policies/first.ts':
    "import { a } from '../model/a.ts'; import type { Agent } from 'undici'; export type A = Agent; export { a };",
  'src/policies/reads.ts': "import { readFileSync } from 'node:fs'; readFileSync('x');",
  'src/policies/fetches.ts': "import { fetch } from 'undici'; void fetch;",
  'src/stores/files.ts': "import 'node:fs';",
  'src/config/load.ts': "import '../checks/http.ts';",
  'src/monitor/loop.ts': "import '../config/load.ts';",
  'src/dispatch/decide.ts': "import type { } from '../monitor/loop.ts'; import '../app.ts';",
  'src/dispatch/one.ts': "import './other.ts';",
  'src/dispatch/other.ts': "import './one.ts';",
  'src/dispatch/compiles.ts': "import 'typescript';",
  'src/dispatch/misspelt.ts': "import './nowhere.ts';",
  'src/doors/public.ts': "import '../dispatch/decide.ts'; import '../app.ts';",
  'src/monitor/opens.ts': "import '../doors/public.ts';",
  'src/app.ts': "import './cli/start.ts';",
  'src/cli/start.ts': "import '../../test/some.ts';",
  'src/cli/again.ts': "import '../main.ts';",
  'src/lounge/sofa.ts': "import '../model/a.ts';",
  'src/attic/chest.ts': 'export const chest = 1;',
  'src/demo/sample.ts': "import '../report/reporter.ts';",
  'src/report/reporter.ts': "import '../wire/wire.ts';",
  'src/main.ts': "import './app.ts'; import './attic/chest.ts';",
  'test/some.ts': '',
};

/** `rule from → to` of everything that must be caught, and nothing else may be. */
const violations = [
  'app-knows-no-command src/app.ts → src/cli/start.ts',
  'every-room-has-a-floor src/lounge/sofa.ts → src/model/a.ts',
  'everything-resolves src/dispatch/misspelt.ts → ./nowhere.ts',
  'no-circle src/dispatch/one.ts → src/dispatch/other.ts',
  'not-sideways-from-checks src/checks/http.ts → src/loads/apache.ts',
  'not-sideways-from-demo src/demo/sample.ts → src/report/reporter.ts',
  'not-sideways-from-dispatch src/dispatch/decide.ts → src/monitor/loop.ts',
  'not-sideways-from-errors src/errors.ts → src/unit.ts',
  'nothing-imports-the-entry src/cli/again.ts → src/main.ts',
  'only-downwards-from-checks src/checks/asks.ts → src/monitor/loop.ts',
  'only-downwards-from-dispatch src/dispatch/decide.ts → src/app.ts',
  'only-downwards-from-dispatch src/monitor/opens.ts → src/doors/public.ts',
  'only-downwards-from-doors src/doors/public.ts → src/app.ts',
  'only-downwards-from-model src/model/up.ts → src/unit.ts',
  'only-rooms-with-a-floor-are-imported src/main.ts → src/attic/chest.ts',
  'program-knows-no-test src/cli/start.ts → test/some.ts',
  'program-needs-no-development-package src/dispatch/compiles.ts → node_modules/typescript/lib/typescript.js',
  'pure-rooms-import-no-node-and-no-package src/policies/fetches.ts → node_modules/undici/index.js',
  'pure-rooms-import-no-node-and-no-package src/policies/reads.ts → fs',
];

interface Report {
  readonly summary: { readonly violations: readonly { from: string; to: string; rule: { name: string } }[] };
}

const cruise = (folder: string): Report => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', join(root, 'ops/floors.cjs'), '--output-type', 'json', 'src', 'test'],
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Report;
};

const folder = mkdtempSync(join(tmpdir(), 'usher-floors-'));
after(() => rmSync(folder, { recursive: true }));

test('every floor rule catches what breaks it, and nothing that keeps it', () => {
  for (const name of ['package.json', 'tsconfig.json']) copyFileSync(join(root, name), join(folder, name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const caught = cruise(folder).summary.violations.map(
    ({ rule, from, to }) => `${rule.name} ${from} → ${to.replace(/.*(?=node_modules)/, '')}`,
  );
  assert.deepEqual(caught.sort(), violations);
});

test('every room is on the map of the house and has its floor there', () => {
  const map = readFileSync(join(root, 'src/README.md'), 'utf8');
  const floors = /^Floors, imports only downwards:[^]*?\n\n/m.exec(map)?.[0] ?? '';
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of rooms) {
    assert.ok(map.includes(`| \`${name}/\` `), `${name} is not on the map in src/README.md`);
    assert.match(floors, new RegExp(`[\` ]${name}[\` ]`), `${name} has no floor in src/README.md`);
  }
});
