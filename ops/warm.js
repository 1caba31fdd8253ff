// Runs after `npm ci` here, and never where Usher is installed as a package (so it is no `prepare`, of which npm warns
// there): strips the types of all sources once and keeps the result, so that the first start is as quick and as small as
// every other one (the stripper would cost it 50 MB and a second). Whatever goes wrong here goes well without it.
import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

// What is kept is kept apart for each set of V8's flags: for `usher start`, which sets these, and for every other command.
const START_FLAGS = ['--efficiency-mode', '--expose-gc'];
const root = fileURLToPath(new URL('..', import.meta.url));
const quiet = () => true;

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { globSync } = await import('node:fs');
  const { enableCompileCache, flushCompileCache } = await import('node:module');
  if (process.execArgv.length === 0) {
    const self = fileURLToPath(import.meta.url);
    spawn(process.execPath, [...START_FLAGS, self], { stdio: 'ignore' }).on('error', () => undefined);
  }
  enableCompileCache(process.env.NODE_COMPILE_CACHE ?? `${root}/node_modules/.cache/usher/`);
  process.argv.splice(2, Infinity, 'version');
  process.stdout.write = quiet;
  process.stderr.write = quiet;
  process.on('uncaughtException', quiet);
  // Nobody waits for them: some wait themselves, for a parent that is not there.
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    import(pathToFileURL(`${root}/${file}`).href).catch(quiet);
  }
  process.on('exit', () => {
    flushCompileCache();
    process.exitCode = 0;
  });
}
