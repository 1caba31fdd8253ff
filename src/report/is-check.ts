/** What the primary's checks call themselves. */
const AGENT = 'usher-check';

/** Whether a request is a check of the primary and no visit: it says nothing of how busy a secondary is. */
export const isCheck = (agent: string | undefined): boolean => agent === AGENT;
