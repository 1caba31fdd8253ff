/**
 * Whether an answer counts as done. Not only errors of the server do not: who says 404 or 403 to everybody is broken as
 * well, is fast at it, and would be taken for a strong machine.
 */
export const isSuccess = (status: number): boolean => status < 400;
