const REASONS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EMFILE: 'this user may not open so many files at once',
  Z_BUF_ERROR: 'it is compressed and ends too early',
  Z_DATA_ERROR: 'it is compressed and damaged',
};

/** Why a log cannot be read, in words. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
};
