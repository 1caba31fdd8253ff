/**
 * An answer as data. Permanent redirects cannot be said: they would send a visitor to one secondary for ever.
 */
export interface Reply {
  readonly status: 200 | 302 | 307 | 400 | 404 | 405 | 421 | 426 | 502 | 503 | 504;
  /** names and values in turn, as `writeHead` takes them; without Date, Content-Length and Connection */
  readonly headers: readonly string[];
  /** absent: none */
  readonly body?: string;
}
