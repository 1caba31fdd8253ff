import { networkOf } from '../../src/model/network.ts';

/** What a record holds; numbers become doubles. */
export type Data = string | number | { readonly [key: string]: Data };

const BITS = 24;
const GAP = 16;

/** The bytes of a MaxMind DB that tells these data of these /24 networks, by their first address. */
export const buildMmdb = (records: Readonly<Record<string, Data>>, type = 'Test-City'): Buffer => {
  const nodes: [number, number][] = [[-1, -1]];
  const data: Buffer[] = [];
  let size = 0;
  for (const [address, record] of Object.entries(records)) {
    const network = networkOf(address) - 2 ** 48;
    const path = [...Array.from({ length: 96 }, () => 0), ...bitsOf(network)];
    let node = 0;
    path.forEach((bit, depth) => {
      const at = nodes[node] ?? [-1, -1];
      if (depth === path.length - 1) at[bit] = -2 - size;
      else {
        if ((at[bit] ?? -1) === -1) at[bit] = nodes.push([-1, -1]) - 1;
        node = at[bit] ?? 0;
      }
    });
    const bytes = encode(record);
    data.push(bytes);
    size += bytes.length;
  }
  const tree = Buffer.alloc(nodes.length * (BITS / 4));
  nodes.forEach((node, n) => {
    node.forEach((to, bit) => {
      const record = to === -1 ? nodes.length : to < -1 ? nodes.length + GAP - 2 - to : to;
      tree.writeUIntBE(record, n * (BITS / 4) + bit * (BITS / 8), BITS / 8);
    });
  });
  const metadata = map({
    node_count: unsigned(nodes.length),
    record_size: unsigned(BITS),
    ip_version: unsigned(6),
    database_type: encode(type),
    binary_format_major_version: unsigned(2),
    build_epoch: unsigned(1_760_000_000),
  });
  const mark = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([tree, Buffer.alloc(GAP), ...data, mark, metadata]);
};

const bitsOf = (network: number): number[] =>
  Array.from({ length: 24 }, (_, depth) => (network >>> (23 - depth)) & 1);

const encode = (data: Data): Buffer => {
  if (typeof data === 'string')
    return Buffer.concat([Buffer.from([(2 << 5) | data.length]), Buffer.from(data)]);
  if (typeof data === 'number') {
    const bytes = Buffer.alloc(9, (3 << 5) | 8);
    bytes.writeDoubleBE(data, 1);
    return bytes;
  }
  return map(Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)])));
};

const map = (entries: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([
    Buffer.from([(7 << 5) | Object.keys(entries).length]),
    ...Object.entries(entries).flatMap(([key, value]) => [encode(key), value]),
  ]);

const unsigned = (number: number): Buffer => {
  const bytes = Buffer.alloc(5, (6 << 5) | 4);
  bytes.writeUInt32BE(number, 1);
  return bytes;
};
