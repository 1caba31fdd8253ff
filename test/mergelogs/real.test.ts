import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { readFile } from 'node:fs/promises';
import { fileSource } from '../../src/mergelogs/file-source.ts';
import { laneSize } from '../../src/mergelogs/size.ts';
import { startApache } from '../real/apache.ts';
import { startNginx } from '../real/nginx.ts';
import { tempFolder } from '../real/program.ts';
import { merged } from './sources.ts';

const visit = async (
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> => {
  const request = http.get(`${origin}${path}`, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'close');
};

test('the logs of a real Apache and a real nginx, with hostile visitors, are merged without loss', async (t) => {
  const { folder, remove } = await tempFolder();
  t.after(remove);
  await mkdir(join(folder, 'logs'));
  const files = ['apache.log', 'common.log', 'nginx.log'].map((name) => join(folder, 'logs', name));
  const [apacheLog = '', commonLog = '', nginxLog = ''] = files;
  const apache = await startApache({
    config: `LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog ${apacheLog} combined
CustomLog ${commonLog} common`,
  });
  t.after(apache.stop);
  const nginx = await startNginx({ config: `access_log ${nginxLog} combined;` });
  t.after(nginx.stop);

  const hostile = {
    'User-Agent': '"[01/Jan/1999:00:00:00 +0000] "GET / \\" \\',
    Referer: 'http://"]/',
    Authorization: `Basic ${Buffer.from('[01/Jan/1999:00:00:00 +0000] "GET:x').toString('base64')}`,
  };
  for (let at = 0; at < 20; at += 1) {
    await visit(apache.origin, `/page${at}?"\\`, hostile);
    await visit(nginx.origin, `/page${at}?"\\`, hostile);
  }
  await Promise.all([apache.stop(), nginx.stop()]);

  const { text, count } = await merged(
    files.map((file) => fileSource(file)),
    { size: laneSize(3) },
  );
  const given = (await Promise.all(files.map((file) => readFile(file, 'latin1')))).map((log) =>
    log.split('\n').slice(0, -1),
  );
  assert.deepEqual(
    given.map((lines) => lines.length),
    [20, 20, 20],
  );
  assert.deepEqual(text.split('\n').slice(0, -1).sort(), given.flat().sort());
  assert.deepEqual(
    count.files.map(({ lines, unread, late, error }) => [lines, unread, late, error]),
    files.map(() => [20, 0, 0, undefined]),
  );
  const times = [...text.matchAll(/\[(\d\d\/\w{3}\/20[2-9]\d:[\d:]+ [+-]\d{4})\] "GET \/page/g)].map(
    (match) => Date.parse((match[1] ?? '').replace(':', ' ').replaceAll('/', ' ')),
  );
  assert.equal(times.length, 60);
  assert.deepEqual(
    times,
    [...times].sort((one, other) => one - other),
  );
});
