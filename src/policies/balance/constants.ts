/**
 * Every constant of the balance policy, with its source.
 *
 * "Swept" means: tried over the range in the simulation, on seeds that the printed figures do not use; what is said of
 * the range is what was seen there. "Chosen" means: set once by reason or by feel, and never tried over a range. "REC" is
 * the draft of this rule that was simulated before this program was written: shortest expected delay on reports that are
 * discounted by their age, with own visitors counted in. Its guards were tried there one at a time, where not said
 * otherwise, and taken over; `usher simulate` tries them again with machines that say 0, NaN and 1e9.
 */

/**
 * How fast a visitor's session is forgotten. A visitor of the web stays for a minute or so. Swept 30 s to 120 s, and
 * learned from reported sessions by Little's law: within 1 %.
 */
export const SLOW_MS = 60_000;

/**
 * How fast a run queue forgets: the news of it, and what a visitor adds to it by coming. Swept 5 s to 40 s: 10 s and 20 s
 * are equal, others 1 to 5 % worse.
 */
export const FAST_MS = 10_000;

/** Fading counts are brought up to date at most this often; in between a visitor counts for as much more. Chosen: a fortieth of FAST_MS. */
export const STEP_MS = 250;

/** Fewer visitors than this are none: smaller numbers would slow the machine down, and the smallest are no divisors. Chosen. */
export const NOTHING = 1e-9;

/**
 * Scores are worked out anew at most once in so many milliseconds for each candidate: at every visit for a few, every
 * 250 ms for 10,000. Chosen: the walk then takes about a thousandth of a core.
 */
export const REST_MS = 0.025;

/** Among so many the walk takes a visit less than two microseconds, and is done by the visit itself. Chosen. */
export const FEW = 32;

/** Among more, walks between visits are at least so far apart. Chosen: a thousandth of FAST_MS. */
export const RENEWAL_MS = 10;

/** A thread that should walk between visits and did not for so long was held up: a visit walks then. Chosen: half of FAST_MS. */
export const PATIENCE_MS = 5000;

/** Sessions that weigh as much as one request in service, over sessions per request in service. Swept 0.1 to 0.4: within 2 %. */
export const REQUEST_WEIGHT = 0.25;

/** At most this many sessions weigh as much as one request: the run queues of an idle pool say nothing. Chosen, not swept. */
export const MOST_PER_REQUEST = 50;

/** What a visitor sent by this primary adds to the believed run queue, in requests. Swept 0 to 2: 0.3 to 1 are equal, others worse. */
export const OWN_REQUEST = 0.5;

/**
 * How far the split goes from equal load (0) to the split that is best at steady load (1), where the spare capacity is
 * in proportion to the square root of the capacity (Tantawi and Towsley; Bell and Stidham). Swept 0 to 1: the optimum
 * is flat from 0.7 to 0.85, at 1 bursts overrun the fast machines.
 */
export const SPLIT = 0.75;

/** No secondary's part is made smaller than this part of its fair one. From REC, not swept. */
export const LEAST_PART = 0.3;

/** The split is worked out anew when the load has changed by this part. Chosen, not swept: it saves work and changes nothing that can be seen. */
export const LOAD_STEP = 0.03;

/**
 * At most this many times its fair part of a minute's visitors goes to one secondary, whatever it says, and some. Fair is
 * its configured weight's part, in which what was learned beyond LEARNED_RISE times the weight does not count. From REC,
 * tried there at 1.25, 1.5, 2 and 2.5: the first two held a liar back, none cost anything where all were honest.
 */
export const MOST_SHARE = 1.5;
export const MOST_SHARE_FLOOR = 3;
/** So a secondary that says it is fast gets at most three times what its weight would give it. Chosen, not swept. */
export const LEARNED_RISE = 2;

/**
 * At least this part of its weight's part goes to a secondary that says it is full, where that is a visitor a minute: so
 * that it can prove otherwise. From REC, not swept.
 */
export const LEAST_SHARE = 0.1;

/**
 * A secondary that was sent less than this part of its share in the last minute is back after a time without visitors, or
 * was overrun: it gets at most so many times its share of the last seconds' visitors until it was, and some.
 */
export const RETURNED = 1;
export const CATCH_UP = 1.25;

/** A secondary that says it has less than this part of what it was sent, as compared with the others, is not believed. From REC, not swept. */
export const CONTRADICTION = 0.5;
/**
 * For so long after it began, or was silent for so long, a secondary may hold fewer sessions for each visitor than others,
 * to whom visitors come back by their cookies: then each of its visitors need only be there once. Chosen: the first is
 * what affinity lasts by default, after the second most visitors of the web are gone.
 */
export const YOUNG_MS = 3_600_000;
export const GONE_MS = 2 * SLOW_MS;
/**
 * A secondary whose visitors make far fewer requests than others' do has at most this part of its configured weight.
 * Chosen: so that it gets fewer visitors than in turns, and an honest one of two, beside a liar, hardly fewer.
 */
export const FRUITLESS = 0.75;
/** Fewer visitors than this prove nothing. Chosen, not swept. */
export const CONTRADICTION_LEAST = 5;

/**
 * What a secondary says it holds counts up to so many times its fair part, and some; what is learned of it, up to so many
 * times what is usual. From REC, not swept.
 */
export const MOST_SESSIONS = { times: 6, plus: 20 };
export const MOST_RUNNING = { times: 10, plus: 50 };
/** The same for the time of its answers. Chosen: a check waits 2 s where nobody configures it otherwise. */
export const MOST_ANSWER_MS = { times: 10, plus: 2000 };
/** No answer usually comes in less. Chosen: smaller numbers are no divisors. */
export const LEAST_ANSWER_MS = 0.001;

/** So many times more than the most that is believed is no figure. Chosen, not swept. */
export const NONSENSE = 100;

/** Sessions that are kept longer than this, on average, are not visitors who are still there. Chosen, not swept. */
export const LONGEST_LIFE_MS = 3 * SLOW_MS;

/**
 * A visitor of ours stands for at least and at most so many sessions: he is gone after a second (chosen), or there are 64
 * dispatchers that do not talk (from REC). Not swept.
 */
export const PER_VISITOR = { least: 1 / 60, most: 64 };

/** How fast load, traffic and run queues of usual times are forgotten. Chosen, not swept: longer than a burst, shorter than a day's swell. */
export const USUAL_MS = 600_000;

/** A redirected visitor arrives this long after the answer that sent him; until then no report holds him. Chosen, not swept. */
export const ARRIVAL_MS = 500;

/**
 * A secondary whose last report is older by this much than the latest of the pool, and by some intervals of reports, is
 * dead or silent: what it last said is no part of what the pool holds. Chosen, not swept: its
 * run queue is forgotten by then.
 */
export const SILENT_MS = 10_000;

/**
 * A machine's speed is learned by completions per busy second (the idea of gRPC's A58), from blocks of at least so many
 * requests and busy seconds. Chosen, not swept: shorter blocks are lost in the scatter of the requests.
 */
export const BLOCK_REQUESTS = 40;
export const BLOCK_BUSY_SECONDS = 0.5;

/**
 * The squared coefficient of variation of the work that a request brings: 7.3 for the heavy-tailed sizes of the
 * simulation. Swept 2 to 16: 4 to 16 cost up to 1 %, a change is found later at 16.
 */
export const SCATTER = 8;

/**
 * The same for how many requests a visitor makes: by so much over the number of visitors does the logarithm of requests
 * for each of them vary. Swept 1 to 6: a liar's rise is seen at once up to 1, weights that are unknown are learned later
 * above 2.
 */
export const VISITOR_SCATTER = 1;

/** How much the logarithm of a speed drifts, as variance, in a second. Swept 3e-7 to 3e-6: within 1 %. */
export const DRIFT_PER_SECOND = 1e-6;

/** A block that differs by more standard deviations than this shows a change. Swept 3 to 4: 4 finds a machine at a third a report later. */
export const JUMP = 3.5;

/** Page's cumulative sum: slack and limit in standard deviations, the textbook's for a change of one. Swept limits of 4 and 5: equal. */
export const CHANGE_SLACK = 0.5;
export const CHANGE = 5;

/** A configured weight is kept until what was learned differs by twice its error (James and Stein, positive part). */
export const TRUST = 4;

/**
 * Requests beyond what others answer for each visitor are taken for those of strangers from twice the error on, and all of
 * them at four times. Twice is the usual 5 %, twice that again chosen. By James and Stein's rule, as for TRUST, a part of
 * a lie is believed however plain it is: beside a slow machine that said it had done five times as much, all waited 2 %
 * longer in the simulation, 8 % with a probe after each visit.
 */
export const STRANGERS = { from: 2, whole: 4 };

/** A learned capacity stays between these parts of the configured weight (REC's: a tenth to four times). A rise is learned
 * only of those who tell successes from errors. */
export const CAPACITY = { least: 0.1, most: 4 };

/**
 * A counter of busy seconds that runs faster than the clock is none: it adds up requests that ran at the same time. Some
 * parts in a hundred are clocks that differ. Chosen, not swept.
 */
export const MOST_BUSY_SHARE = 1.05;

/**
 * A report is stamped before the question goes out, and holds what was counted until the answer: so a counter may be
 * ahead by as long as an answer may take, 2 s where nobody configures it otherwise.
 */
export const LATE_ANSWER_SECONDS = 2;

/** A counter is judged over at least so many seconds, so that one late answer is no proof. Chosen, not swept. */
export const JUDGED_SECONDS = 10;

/**
 * A counter that ran faster than the clock is taken for one of busy seconds when it has not for so many seconds: one that
 * adds up requests looks sound in a quiet minute. Swept 60 to 600: within 2 %.
 */
export const CLEARED_SECONDS = 180;

/**
 * A machine that shares its time holds busy / (1 - busy) requests (M/G/1-PS). One that is busy for more than this part of
 * the time, and holds less than this part of them, has cores to spare while it is busy: what it completes in a busy
 * second only echoes what it is sent. Unless it holds so many times more than others do for their weights: then it is
 * overrun, and it is our choosing by its run queue that keeps that short. The queue is the textbook's, the three numbers
 * are chosen, not swept; eight cores and machines at a third of their speed are among the situations of `usher simulate`.
 */
export const ONE_QUEUE = { from: 0.8, part: 0.4, over: 1.5 };

/**
 * Such a machine holds at least as many requests as it is busy for parts of the time, and no other number than the rest
 * of the pool for being as busy. Who says he holds less than this part of the one, or more than so many times the other,
 * is not believed to be faster. Chosen: a mean over ten minutes of reports is seldom off by as much. One of the first
 * reports is: so it takes so many of them to hold it against him that he holds none. Chosen: who is busy for a third of
 * the time is found idle at all eight in 4 cases of 100.
 */
export const QUEUE = { least: 0.1, most: 4, looks: 8 };
