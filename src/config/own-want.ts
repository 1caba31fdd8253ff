/** The system has no more files, memory or processes for us: that passes, and says nothing of the file that was meant. */
const CODES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAGAIN']);

/** Whether something failed only because this machine, or this process, is short of something. */
export const isOwnWant = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && CODES.has(error.code);
