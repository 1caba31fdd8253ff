import type { Peer } from '../peer.ts';
import { apache } from './apache.ts';
import { caddy } from './caddy.ts';
import { expressApp } from './express.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { nodeHttp } from './node-http.ts';
import { nodeNet } from './node-net.ts';
import { usher } from './usher.ts';

/** Everybody who sends visitors on, Usher first. */
export const peers: readonly Peer[] = [usher, nginx, haproxy, caddy, apache, expressApp, nodeHttp, nodeNet];
