/** Tells GET and HEAD, which change nothing and carry no body, from methods that must arrive as they were sent. */
export const isPlainQuestion = (method: string): boolean => method === 'GET' || method === 'HEAD';
