import type { Command } from './command.ts';

/** When the page was last looked over; a manual page has to bear a date. */
const DATE = '2026-11-21';

/** The manual page, `usher(1)`, made of what `usher help` says, in the man macros that groff and mandoc read. */
export const manualOf = async (
  commands: Readonly<Record<string, () => Promise<Command>>>,
  version: string,
): Promise<string> => {
  const loaded = await Promise.all(
    Object.entries(commands).map(async ([verb, load]) => ({ verb, ...(await load()) })),
  );
  return [
    `.TH USHER 1 ${DATE} "Usher ${roff(version)}" "User Commands"`,
    '.SH NAME',
    'usher \\- primary web server of a load\\-balanced cluster',
    '.SH SYNOPSIS',
    '.B usher',
    '.I VERB',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    'Sends each visitor of a cluster of web servers on to one that works and is not busy, by a redirect or a small page,',
    'and back to the same one by a signed cookie.',
    'The bytes of the visitor never pass through it, unless "relay" is on.',
    '.SH COMMANDS',
    ...loaded.flatMap(({ verb, summary, usage, help }) => [
      `.SS ${roff(verb)}`,
      line(summary),
      '.PP',
      `.B ${roff(usage)}`,
      '.PP',
      '.nf',
      ...help
        .replace(/^\n+|\s+$/g, '')
        .split('\n')
        .map(literal),
      '.fi',
    ]),
    '.SH EXIT STATUS',
    '0: fine. 1: the answer is no. 2: wrong use.',
    '.SH ENVIRONMENT',
    '.TP',
    '.B USHER_PASSWORD',
    'The password, or a token, of the admin door that a command asks.',
    '.TP',
    '.B NO_COLOR',
    'Not empty: no colours.',
    '.SH SIGNALS',
    'For',
    '.BR "usher start" :',
    'SIGHUP reads the config at once; SIGTERM and SIGINT finish what is open, 5 seconds at most, and end; SIGUSR2 opens',
    'the access log anew.',
    '.SH FILES',
    '.TP',
    '.I usher.json',
    'The config;',
    '.B usher schema',
    'tells every key.',
    '.TP',
    '.I state',
    'The folder of the two files of the worker and of the key of the cookie.',
    '.TP',
    '.I .usher\\-versions',
    'Beside the config: the last ten versions of it and of its list that edits have replaced.',
    '.SH SEE ALSO',
    '.BR curl (1),',
    '.BR systemd.service (5)',
    '',
  ].join('\n');
};

/** A text with nothing in it that roff would obey. */
const roff = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...').replaceAll('’', "'");

/** A line of text: a dot or quote at its beginning would be a request. */
const line = (text: string): string => roff(text).replace(/^(?=[.'])/, '\\&');

/** A line as it stands; an empty one would be told as a slip. */
const literal = (text: string): string => (text.trim() === '' ? '.sp' : line(text.trimEnd()));
