// Everything that must hold, one line a step with its time: first what reads the sources, two steps at a time,
// then the tests, whose own summary closes the output.
import { spawn, spawnSync } from 'node:child_process';

const READING = ['format:check', 'lint', 'types', 'floors', 'unused', 'build'];
// On Node 24, the oldest that Usher runs on, only where it is worth the download.
const TESTING = process.env.CI ? ['test:node24', 'test:all'] : ['test:all'];
const AT_A_TIME = 2;

/** Runs one npm script; resolves with what it printed and whether it went well. */
const run = (script, stdio) =>
  new Promise((resolve) => {
    const startedAt = process.uptime();
    const child = spawn('npm', ['run', '--silent', script], { stdio });
    const printed = [];
    child.stdout?.on('data', (chunk) => printed.push(chunk));
    child.stderr?.on('data', (chunk) => printed.push(chunk));
    child.on('close', (code) =>
      resolve({
        script,
        passed: code === 0,
        took: `${(process.uptime() - startedAt).toFixed(1)} s`,
        printed: Buffer.concat(printed).toString(),
      }),
    );
  });

const tell = ({ script, passed, took, printed }) => {
  if (!passed) process.stdout.write(printed);
  console.log(`${passed ? '✔' : '✖'} ${script.padEnd(14)}${took}`);
};

const readAll = async () => {
  const waiting = [...READING];
  let passed = true;
  const lane = async () => {
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
      const step = await run(script, ['ignore', 'pipe', 'pipe']);
      tell(step);
      passed &&= step.passed;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  return passed;
};

/** What a merge left behind in a file that nobody runs; also as Prettier rewrites it. Spelt so that this file holds none. */
const MARKS = '^(<{7} |> > > > > > > |>{7} )';

const noMarks = () => {
  const { status, stdout } = spawnSync('git', ['grep', '-nIE', MARKS], { encoding: 'utf8' });
  // 1: nothing found; where there is no repository there was no merge
  tell({ script: 'merge marks', passed: status !== 0, took: '', printed: stdout });
  return status !== 0;
};

const testAll = async () => {
  for (const script of TESTING) {
    const { passed } = await run(script, ['ignore', 'inherit', 'inherit']);
    if (!passed) return false;
  }
  return true;
};

process.exitCode = noMarks() && (await readAll()) && (await testAll()) ? 0 : 1;
