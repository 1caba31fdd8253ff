import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../real/port.ts';
import { askRaw, requestText } from './raw.ts';
import { startSecondary } from './secondary.ts';
import { childEnv, mortal } from './usher.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
let packed: readonly string[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-pack-'));
  const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: root,
    env: childEnv(),
  });
  // In front of it stands what the build prints.
  const [tarball] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  packed = tarball.files.map(({ path }) => path);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run(
    'npm',
    [
      ...['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--silent'],
      join(folder, tarball.filename),
    ],
    { cwd: folder, env: childEnv() },
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

const usher = (): string => join(folder, 'node_modules', '.bin', 'usher');

test('the package holds what runs, and nothing that was only needed to make it', () => {
  for (const needed of ['dist/main.js', 'dist/index.d.ts', 'src/usher.js', 'README.md', 'LICENSE']) {
    assert.ok(packed.includes(needed), `${needed} is missing`);
  }
  const idle = packed.filter((path) =>
    /^(test|node_modules|state|\.)|^src\/.*\.ts$|eslint|floors|build|verify/.test(path),
  );
  assert.deepEqual(idle, []);
});

test('installing it runs no script of ours, so npm asks nobody to allow one', () => {
  const { scripts } = JSON.parse(
    readFileSync(join(folder, 'node_modules', 'usher', 'package.json'), 'utf8'),
  ) as { readonly scripts: object };
  const hooks = [
    'preinstall',
    'install',
    'postinstall',
    'prepublish',
    'preprepare',
    'prepare',
    'postprepare',
  ];
  assert.deepEqual(
    hooks.filter((name) => name in scripts),
    [],
  );
});

test('installed in an empty folder, with production dependencies only, it helps', async () => {
  const { stdout } = await run(process.execPath, [usher(), 'help'], { cwd: folder, env: childEnv() });
  for (const verb of ['start', 'worker', 'check', 'validate', 'explain', 'init', 'schema']) {
    assert.match(stdout, new RegExp(`^ +${verb}\\b`, 'm'));
  }
});

test('installed in an empty folder it starts, checks, and sends visitors on', async (t) => {
  const secondary = await startSecondary();
  const port = await freePort();
  writeFileSync(
    join(folder, 'usher.json'),
    JSON.stringify({
      listen: [{ host: '127.0.0.1', port }],
      admin: { listen: `127.0.0.1:${await freePort()}` },
      threads: 2,
      checks: { from: 'cached', every: '300ms' },
      secondaries: [{ port: secondary.port }],
    }),
  );
  const [program, args] = mortal([process.execPath, usher(), 'start']);
  const child = spawn(program, args, { cwd: folder, env: childEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (line.includes('"started"')) break;
  }
  assert.ok(
    printed.some((line) => line.includes('"started"')),
    printed.join('\n'),
  );
  const reply = await askRaw(port, requestText('GET /x'));
  assert.equal(reply.header('location'), `http://www.example.org:${secondary.port}/x`);
  const page = await askRaw(port, requestText('GET /index.html'));
  assert.equal(page.status, 200);
});

test('a program that imports it type-checks against its declarations and runs', async () => {
  writeFileSync(
    join(folder, 'own.ts'),
    "import { usher } from 'usher';\nconst start: typeof usher = usher;\nconsole.log(typeof start);\n",
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(
    process.execPath,
    [
      tsc,
      ...[
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--lib',
        'es2025',
        '--types',
        'node',
      ],
      ...['--typeRoots', join(root, 'node_modules', '@types'), 'own.ts'],
    ],
    { cwd: folder, env: childEnv() },
  ).catch((error: unknown) => assert.fail((error as { stdout: string }).stdout));
  const { stdout } = await run(process.execPath, ['own.ts'], { cwd: folder, env: childEnv() });
  assert.equal(stdout.trim(), 'function');
});
