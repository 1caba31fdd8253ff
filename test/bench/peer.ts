/** What a peer is asked to do: choose one of two secondaries at random, answer 302 with the cookie and no-store. */
export interface Job {
  /** its own and empty; goes with it */
  readonly folder: string;
  readonly port: number;
  /** processors it may run on, as taskset has them */
  readonly cpus: string;
  /** how many processors it may keep busy */
  readonly threads: number;
  /** ports of the two secondaries */
  readonly secondaries: readonly [number, number];
  /** bind each visitor by a cookie; a visitor who brings one goes back and gets none */
  readonly affinity: boolean;
  /** file that gets one line an answer; absent: none is written */
  readonly accessLog?: string;
  /** absent: plain HTTP */
  readonly tls?: Certificate;
  /** merged into Usher's config; of no concern to the others */
  readonly usher?: Readonly<Record<string, unknown>>;
}

/** Files of a certificate that nobody signed. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** certificate and key in one file */
  readonly both: string;
}

/** How a peer is started: the files it wants and the command line. */
export interface Recipe {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** what it says when it is ready; absent: it is as soon as it listens */
  readonly ready?: RegExp;
}

/** A server to compare with: one file in `peers/`, one line in its `index.ts`. */
export interface Peer {
  readonly name: string;
  /** the command that must be there; absent: it comes with us */
  readonly program?: string;
  /** it does the job for nobody but a benchmark: only the time that it takes says something */
  readonly isFloor?: true;
  /** Writes its files into the job's folder and says how to start it in the foreground. */
  readonly prepare: (job: Job) => Promise<Recipe>;
}

/** What follows the value of the cookie that binds a visitor: the same for everybody. */
export const COOKIE_ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax; Max-Age=3600';

/** Says what a peer that is no program for anybody is there for. */
export const noteOnFloor = (peers: readonly Peer[]): readonly string[] =>
  peers
    .filter(({ isFloor }) => isFloor === true)
    .map(
      ({ name }) =>
        `${name} is no server: it reads nothing and answers with bytes made before. It shows what sockets cost in Node, whoever answers.`,
    );
