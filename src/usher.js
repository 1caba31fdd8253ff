#!/usr/bin/env node
// Plain JavaScript that any Node can read: it is the first thing to run, so that an old Node gets a sentence
// instead of a syntax error. In a checkout it runs the sources as they are; in an installed package the built ones.
import { existsSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `usher needs Node 24 or newer, and this is Node ${process.versions.node} (${process.execPath}); in the project folder "npm ci" brings one and "npx usher …" uses it.\n`,
  );
  process.exitCode = 2;
} else {
  const isCheckout = existsSync(new URL('./main.ts', import.meta.url));
  await import(isCheckout ? './main.ts' : '../dist/main.js');
}
