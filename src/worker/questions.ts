import type { SecondarySettings } from '../config/settings.ts';
import type { Clock } from '../model/clock.ts';
import type { Observation } from '../model/outcome.ts';
import type { LoadNews } from '../model/probe.ts';
import type { Probed, ToChild } from './messages.ts';

/** What of a secondary a question goes by. */
export type Asked = Pick<SecondarySettings, 'id' | 'timeoutMs'>;

/** One question to the worker's process, by this process's clock; `undefined`: it gave no answer. Never rejects. */
export interface Exchange {
  readonly ping: Promise<Observation | undefined>;
  readonly load: Promise<LoadNews | undefined>;
}

/** What the worker's process was asked and has not answered yet. */
export interface Questions {
  /** @returns `undefined` when there is no use in asking it: it has been away, or silent, for too long */
  readonly ask: (secondary: Asked) => Exchange | undefined;
  readonly hear: (answer: Probed) => void;
  /** The process listens from now on. */
  readonly begin: () => void;
  /** The process has ended: nothing of what is open will be answered. */
  readonly end: () => void;
}

export interface QuestionsOptions {
  readonly clock: Clock;
  readonly send: (message: ToChild) => void;
}

/** So much longer than its time a question may take: the worker gives up itself, a little earlier. */
const PATIENCE_MS = 1500;

/** A process starts within this, mostly; whoever asks himself instead loads for good what it is asked with. */
const AWAY_MS = 3000;

interface Open {
  readonly ping: (seen: Observation | undefined) => void;
  readonly load: (news: LoadNews | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

const NO_ANSWER: Exchange = { ping: Promise.resolve(undefined), load: Promise.resolve(undefined) };

/** Starts with a process that does not listen yet. */
export const createQuestions = ({ clock, send }: QuestionsOptions): Questions => {
  const open = new Map<number, Open>();
  let last = 0;
  let awaySince: number | undefined = clock.now();
  /** it let a question go by: until it says something it is not asked again */
  let isSilent = false;

  const close = (number: number): void => {
    const question = open.get(number);
    if (question === undefined) return;
    open.delete(number);
    clearTimeout(question.timer);
    question.ping(undefined);
    question.load(undefined);
  };

  return {
    ask: ({ id, timeoutMs }) => {
      if (isSilent) return undefined;
      if (awaySince !== undefined) return clock.now() - awaySince < AWAY_MS ? NO_ANSWER : undefined;
      last += 1;
      const number = last;
      const ping = Promise.withResolvers<Observation | undefined>();
      const load = Promise.withResolvers<LoadNews | undefined>();
      const giveUp = (): void => {
        isSilent = true;
        close(number);
      };
      const timer = setTimeout(giveUp, timeoutMs + PATIENCE_MS);
      open.set(number, { ping: ping.resolve, load: load.resolve, timer });
      send({ type: 'probe', number, id });
      return { ping: ping.promise, load: load.promise };
    },
    hear: ({ number, seen, news }) => {
      isSilent = false;
      const question = open.get(number);
      const at = clock.now();
      if (seen !== undefined) question?.ping({ ...seen, at });
      if (news === undefined) return;
      question?.load(news.kind === 'report' ? { ...news, report: { ...news.report, at } } : news);
      close(number);
    },
    begin: () => {
      awaySince = undefined;
      isSilent = false;
    },
    end: () => {
      awaySince ??= clock.now();
      for (const number of [...open.keys()]) close(number);
    },
  };
};
