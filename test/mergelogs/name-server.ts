import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** A name server on loopback that answers the questions for the names of addresses. */
export interface NameServer {
  /** as `--dns` takes it */
  readonly address: string;
  /** the names that were asked for, such as `9.113.0.203.in-addr.arpa` */
  readonly asked: readonly string[];
  /** questions that wait for their answers at once, at most */
  readonly mostAtOnce: () => number;
}

/**
 * Starts one that ends with the test.
 *
 * @param answer the name; null: there is none; undefined: silence
 */
export const startNameServer = async (
  t: TestContext,
  answer: (question: string) => string | null | undefined,
  afterMs = 0,
): Promise<NameServer> => {
  const asked: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = labels.join('.');
    asked.push(question);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const name = answer(question);
    if (name === undefined) return;
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(name === null ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(name === null ? 0 : 1, 6);
    const parts = [head, message.subarray(12, at + 5)];
    if (name !== null) {
      const data = Buffer.concat([
        ...name
          .split('.')
          .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
        Buffer.from([0]),
      ]);
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(12, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt16BE(data.length, 10);
      parts.push(record, data);
    }
    setTimeout(() => {
      atOnce -= 1;
      socket.send(Buffer.concat(parts), port, address);
    }, afterMs);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, asked, mostAtOnce: () => mostAtOnce };
};
