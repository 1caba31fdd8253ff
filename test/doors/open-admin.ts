import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { after } from 'node:test';
import { startAdminDoor, type AdminDoor, type AdminDoorOptions } from '../../src/doors/admin.ts';
import type { Settings } from '../../src/config/settings.ts';
import { ofSame } from '../../src/once.ts';
import type { Pretend } from '../dashboard/pretend.ts';

/** Options of a door, and what lets somebody in. */
export type AdminMore = Partial<AdminDoorOptions> & Pick<Settings['admin'], 'password' | 'tokens'>;

/** Everything of a pretended pool, with this under `admin` of its settings. */
export const withAdmin = <Sources extends Pick<AdminDoorOptions, 'settings'>>(
  sources: Sources,
  admin: Pick<Settings['admin'], 'password' | 'tokens'>,
): Sources => {
  // of the same settings the same
  const changed = ofSame((now: Settings): Settings => ({ ...now, admin: { ...now.admin, ...admin } }));
  return { ...sources, settings: () => changed(sources.settings()) };
};

/** An admin door of a pretended pool on a free port; closed when the test file ends. */
export const openAdmin = async (
  { sources }: Pretend,
  { password, tokens, ...more }: AdminMore = {},
): Promise<AdminDoor & { readonly port: number }> => {
  const all = { ...sources, listen: { host: '127.0.0.1', port: 0 }, ...more };
  const door = await startAdminDoor(
    withAdmin(all, { ...(password && { password }), ...(tokens && { tokens }) }),
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= door.stop());
  after(stop);
  return { ...door, stop, port: Number(new URL(door.url).port) };
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  /** names and values in turn; without Host unless it stands here */
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string;
}

/** Asks as nothing but the test wants it: no header is added. */
export const ask = async (url: string, question: Question = {}): Promise<Answer> => {
  const response = await begin(url, question);
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
};

/** The same, and the body is left to whoever asks. */
export const begin = (
  url: string,
  { method = 'GET', headers, body }: Question = {},
): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const own = new URL(url).host;
  const given: readonly string[] = isList(headers)
    ? headers
    : Object.entries({ Host: own, ...lengthOf(body), ...headers }).flat();
  const asked = request(url, { method, agent: false, setHost: false, headers: given }, resolve);
  asked.on('error', reject);
  asked.end(body);
  return promise;
};

/** Node sends no length by itself with every method. */
const lengthOf = (body: string | undefined): Record<string, string> =>
  body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };

const isList = (headers: Question['headers']): headers is readonly string[] => Array.isArray(headers);
