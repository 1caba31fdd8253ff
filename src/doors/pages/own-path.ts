import type { RequestListener } from 'node:http';
import type { RequestHandler } from 'express';

/** A path of Usher's own: whatever stands under `/.usher/`. */
export type OwnPath = PlainPath | ExpressPath;

interface PathOf {
  /** GET takes HEAD too */
  readonly method: 'GET' | 'POST';
}

/** Answered straight from Node's HTTP: what is small and comes often. */
export interface PlainPath extends PathOf {
  readonly path: `/.usher/${string}`;
  readonly through: 'node';
  readonly answer: RequestListener;
}

/** Answered through Express, which has read query and cookies. */
export interface ExpressPath extends PathOf {
  readonly path: `/.usher/${string}` | RegExp;
  readonly through: 'express';
  readonly answer: RequestHandler;
}
