/**
 * Node's crypto, without the Web Crypto API that `import 'node:crypto'` loads in passing (see `node-http.ts`). Measured
 * on Node 26: 0.2 MB in every thread.
 */
export const crypto = process.getBuiltinModule('node:crypto');
