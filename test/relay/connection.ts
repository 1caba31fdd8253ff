import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Both ends of a connection. */
export const connection = async (
  t: TestContext,
): Promise<{ readonly near: Socket; readonly far: Socket }> => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [near] = (await once(server, 'connection')) as [Socket];
  far.on('error', () => undefined);
  t.after(() => {
    far.destroy();
    near.destroy();
    server.close();
  });
  return { near, far };
};
