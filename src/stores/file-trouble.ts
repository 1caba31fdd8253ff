/** What the system says of a file or folder that cannot be used, in words and with its own code. */
export const fileTrouble = (error: unknown): string => {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
      return 'no space is left on the disk (ENOSPC)';
    case 'EDQUOT':
      return "the user's quota is used up (EDQUOT)";
    case 'EACCES':
    case 'EPERM':
      return `this user may not ${syscall === 'open' ? 'open that' : 'write there'} (${code})`;
    case 'EROFS':
      return 'the disk is mounted read-only (EROFS)';
    case 'EISDIR':
      return 'it is a folder, not a file (EISDIR)';
    case 'ENOENT':
      return syscall === 'mkdir'
        ? 'the system lets nobody make a folder there (ENOENT)'
        : 'the folder is gone (ENOENT)';
    case undefined:
    default:
      return message;
  }
};

/** What to do about it. */
export const fileRemedy = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    ? 'Name a folder under "checks": { "files": "…" }, or move the file out of the way.'
    : 'Let this user write there (chown), or name another folder under "checks": { "files": "…" }.';
