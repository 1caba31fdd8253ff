#!/usr/bin/env node
// Plain JavaScript that any Node can read: it is the first thing to run, so that an old Node gets a sentence
// instead of a syntax error. In a checkout it runs the sources as they are; in an installed package the built ones.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// In a checkout the sources lie beside.
const isCheckout = existsSync(new URL('./main.ts', import.meta.url));
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `usher needs Node 24 or newer, and this is Node ${process.versions.node} (${process.execPath}). ${
      isCheckout
        ? `In ${fileURLToPath(new URL('..', import.meta.url))} "npm ci" brings one, which "npm start" and "npx usher …" use.`
        : '"npm install node@26" in the folder where usher is installed brings one, which "npx usher …" there uses.'
    }\n`,
  );
  process.exitCode = 2;
} else {
  if (process.argv[2] === 'start') await rest();
  await run();
}

/**
 * Has V8 be slow to optimise while a primary starts: what runs once is not worth it, and once its compilers ran, 5 MB
 * more of Node's own program stay in memory. And lets heaps be swept. `startIsOver` in heap.ts takes it back. Flags are
 * part of a cache's name, so they are set before it is opened; ops/warm.js sets the same.
 */
async function rest() {
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of ['--efficiency-mode', '--expose-gc']) setFlagsFromString(flag);
}

async function run() {
  if (!isCheckout) {
    await import('../dist/main.js');
    return;
  }
  // Types are stripped once and kept: the stripper costs every thread 100 ms and 15 MB. Threads and the worker read the
  // variable. Not in the system's temporary folder, where others could put code in its place.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/usher/', import.meta.url));
  (await import('node:module')).enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import('./main.ts');
}
