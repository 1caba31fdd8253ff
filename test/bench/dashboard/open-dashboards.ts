import { get, type ClientRequest, type IncomingMessage } from 'node:http';

const OPTIONS = { agent: false, headers: { Accept: 'text/event-stream' } } as const;

/** Opens so many dashboards, as far as the server can tell; resolves when each has heard the whole. @returns how to close them */
export const openDashboards = async (adminUrl: string, howMany: number): Promise<() => void> => {
  const asked: ClientRequest[] = [];
  const open = (): Promise<undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const request = get(`${adminUrl}api/events?rows=100`, OPTIONS, (response: IncomingMessage) => {
      if (response.statusCode !== 200) reject(new Error(`status ${String(response.statusCode)}`));
      response.once('data', () => {
        resolve(undefined);
      });
      response.on('error', () => undefined).resume();
    });
    request.on('error', reject);
    asked.push(request);
    return promise;
  };
  await Promise.all(Array.from({ length: howMany }, open));
  return () => {
    for (const request of asked) request.destroy();
  };
};
