import { createServer, type Server } from './processor-sharing.ts';

/** What a secondary says of itself; any number may be nonsense where a scenario has it lie. Seconds. */
export interface Row {
  readonly at: number;
  readonly running: number;
  readonly sessions: number;
  readonly busySeconds: number;
  /** answers; without the errors, where errors are not counted among them */
  readonly done: number;
  readonly errors: number;
  readonly started: number;
  /** sum of the times of all answers so far, as Apache's `Total Duration` */
  readonly durations: number;
  /** 1-minute average of `running`, as Linux works it out */
  readonly loadavg: number;
  /** how long a ping takes, there and back */
  readonly ping: number;
  /** median time of its last answers that found about as many requests in service as there are now; seconds */
  readonly answer: () => number;
}

/** The secondaries as they truly are; what live rules look at. */
export interface Farm {
  readonly servers: readonly Server[];
  readonly running: (server: number) => number;
  /** sessions as a server with a cookie counts them: until some time after their last answer */
  readonly sessions: (server: number, now: number) => number;
  readonly row: (server: number, now: number) => Row;
  readonly isDead: (server: number) => boolean;
  /** it answers at once, and every answer is an error */
  readonly isFailing: (server: number) => boolean;
  readonly arrive: (server: number, session: number, size: number, now: number) => void;
  /** Notes that the session got its answer, and returns how long it took. */
  readonly answer: (server: number, session: number, now: number) => number;
  readonly sampleLoadavg: () => void;
  readonly die: (server: number, now: number) => void;
  readonly revive: (server: number) => void;
  readonly fail: (server: number) => void;
}

/** Linux: every 5 s, one part in e^(5/60). */
const LOADAVG_KEEP = Math.exp(-5 / 60);
const KEPT_ANSWERS = 32;
/** A ping is a small page, on a way whose length varies a little. Seconds. */
const PING = { work: 0.002, way: 0.0005, waysMore: 0.0003 };
/** An error takes so much of the work that the answer would have. */
const WORK_OF_ERROR = 0.01;

interface Books {
  live: number;
  started: number;
  done: number;
  errors: number;
  durations: number;
  busyBefore: number;
  loadavg: number;
  dead: boolean;
  failing: boolean;
  /** sessions in order of their last answer, with its time */
  readonly leaving: { sessions: number[]; times: number[]; head: number };
  readonly answers: { readonly took: Float64Array; readonly found: Float64Array; count: number };
}

const emptyBooks = (): Books => ({
  live: 0,
  started: 0,
  done: 0,
  errors: 0,
  durations: 0,
  busyBefore: 0,
  loadavg: 0,
  dead: false,
  failing: false,
  leaving: { sessions: [], times: [], head: 0 },
  answers: { took: new Float64Array(KEPT_ANSWERS), found: new Float64Array(KEPT_ANSWERS), count: 0 },
});

export interface FarmOptions {
  readonly speeds: readonly number[];
  /** of each secondary */
  readonly cores: number;
  /** how long a secondary keeps a session after its last answer, in seconds */
  readonly sessionTimeout: number;
  /** errors are counted as answers; absent: they are told apart */
  readonly countsErrors?: boolean;
  /** how many sessions there will be at most */
  readonly sessionCount: number;
}

/** Secondaries that are all idle. */
export const createFarm = (options: FarmOptions): Farm => {
  const { speeds, cores, sessionTimeout, sessionCount, countsErrors = false } = options;
  const servers = speeds.map((speed) => createServer(speed, cores));
  const books = speeds.map(emptyBooks);
  const counted = new Uint8Array(sessionCount);
  const inService = new Uint8Array(sessionCount);
  const lastAnswer = new Float64Array(sessionCount);
  const askedAt = new Float64Array(sessionCount);
  const found = new Float64Array(sessionCount);

  const expire = (book: Books, now: number): void => {
    const { leaving } = book;
    while (leaving.head < leaving.times.length && leaving.times[leaving.head]! + sessionTimeout <= now) {
      const session = leaving.sessions[leaving.head]!;
      if (
        inService[session] === 0 &&
        counted[session] === 1 &&
        lastAnswer[session] === leaving.times[leaving.head]
      ) {
        counted[session] = 0;
        book.live -= 1;
      }
      leaving.head += 1;
    }
    if (leaving.head > 4096) {
      leaving.sessions.splice(0, leaving.head);
      leaving.times.splice(0, leaving.head);
      leaving.head = 0;
    }
  };

  return {
    servers,
    running: (server) => servers[server]!.running(),
    sessions: (server, now) => {
      expire(books[server]!, now);
      return books[server]!.live;
    },
    row: (server, now) => {
      const book = books[server]!;
      expire(book, now);
      servers[server]!.advance(now);
      return {
        at: now,
        running: servers[server]!.running(),
        sessions: book.live,
        busySeconds: servers[server]!.busySeconds() - book.busyBefore,
        done: book.done,
        errors: book.errors,
        started: book.started,
        durations: book.durations,
        loadavg: book.loadavg,
        ping: PING.way + (book.done % 7) * PING.waysMore + servers[server]!.timeOf(PING.work),
        answer: () => typicalAnswer(book.answers, servers[server]!.running()),
      };
    },
    isDead: (server) => books[server]!.dead,
    isFailing: (server) => books[server]!.failing,
    arrive: (server, session, size, now) => {
      const book = books[server]!;
      expire(book, now);
      if (counted[session] === 0) {
        counted[session] = 1;
        book.live += 1;
        book.started += 1;
      }
      inService[session] = 1;
      askedAt[session] = now;
      found[session] = servers[server]!.running();
      servers[server]!.begin(session, book.failing ? size * WORK_OF_ERROR : size);
    },
    answer: (server, session, now) => {
      const { leaving, answers } = books[server]!;
      if (books[server]!.failing && !countsErrors) books[server]!.errors += 1;
      else books[server]!.done += 1;
      inService[session] = 0;
      lastAnswer[session] = now;
      leaving.sessions.push(session);
      leaving.times.push(now);
      const took = now - askedAt[session]!;
      books[server]!.durations += took;
      answers.took[answers.count % KEPT_ANSWERS] = took;
      answers.found[answers.count % KEPT_ANSWERS] = found[session]!;
      answers.count += 1;
      return took;
    },
    sampleLoadavg: () => {
      for (const [at, book] of books.entries())
        book.loadavg = book.loadavg * LOADAVG_KEEP + servers[at]!.running() * (1 - LOADAVG_KEEP);
    },
    die: (server, now) => {
      servers[server]!.advance(now);
      servers[server]!.drop();
      books[server]!.dead = true;
    },
    fail: (server) => {
      books[server]!.failing = true;
    },
    revive: (server) => {
      books[server] = { ...emptyBooks(), busyBefore: servers[server]!.busySeconds() };
    },
  };
};

/** The median time of the four answers whose number found in service is nearest to `running`. */
const typicalAnswer = ({ took, found, count }: Books['answers'], running: number): number => {
  const kept = Math.min(count, KEPT_ANSWERS);
  if (kept === 0) return 0;
  const order = Array.from({ length: kept }, (_, at) => at).sort(
    (one, other) => Math.abs(found[one]! - running) - Math.abs(found[other]! - running),
  );
  const near = order
    .slice(0, 5)
    .map((at) => took[at]!)
    .sort((one, other) => one - other);
  return near[near.length >> 1]!;
};
