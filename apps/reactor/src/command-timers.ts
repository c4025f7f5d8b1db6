/**
 * Commands whose time is over: they expire, or are unanswered. When each is due stands in a table that is written with the decisions;
 * any number of processes may look, and each is timed out once.
 */
import {
  type DueCommand,
  type OpenCommandReads,
  openCommandChannel,
  openCommandReads,
  timeOutCommand,
} from '@plenum/device';
import type { DecidedTables } from '@plenum/event';
import {
  type Issue,
  type ListenedChannel,
  type Listening,
  type Logger,
  pause,
  retryUntilStopped,
  untilInStepMs,
} from '@plenum/runtime';
import { type Answers, type AnswersParts, type AnswersUntil, answersIn } from './answers.ts';

export type CommandTimersParts = {
  readonly reads: Pick<OpenCommandReads, 'due' | 'anyOpen' | 'forgetEnded'>;
  readonly answers: Answers;
  readonly issue: Issue;
  /** Word of new commands. */
  readonly listen: (channel: ListenedChannel) => Listening;
  readonly logger: Logger;
  /** How late a command may be timed out; a second unless said otherwise; later while answers wait in the log. */
  readonly everyMs?: number;
};

/** How often it is looked while no command is open: word of a new one may be lost on its way. */
const restMs = 5_000;

const dueMax = 200;
/** Those that ended are forgotten this rarely. */
const forgetEveryMs = 600_000;

/** Runs until `stop` aborts. @throws what is no transient failure. */
export const runCommandTimers = async (parts: CommandTimersParts, stop: AbortSignal): Promise<void> => {
  const { reads, listen, logger, everyMs = 1_000 } = parts;
  const patience = {
    ...{ logger, fields: { part: 'command timers' }, stop },
    ...{ waiting: 'commands are not timed out: the database is away', again: 'commands are timed out again' },
  };
  let forgottenMs = performance.now();
  let awaited: Awaited | undefined;
  let heard = new AbortController();
  const hear = (): void => heard.abort();
  const listening = listen({ channel: openCommandChannel, hear, begun: hear });
  try {
    while (!stop.aborted) {
      heard = new AbortController();
      const looked = await retryUntilStopped(() => timeOutDue(parts, awaited), patience);
      awaited = looked?.awaited;
      if (performance.now() - forgottenMs > forgetEveryMs) {
        forgottenMs = performance.now();
        await retryUntilStopped(reads.forgetEnded, patience);
      }
      if (looked === undefined || looked.timedOut >= dueMax) continue;
      if (await retryUntilStopped(reads.anyOpen, patience)) await pause(untilInStepMs(everyMs), stop);
      else await pause(untilInStepMs(restMs), stop, heard.signal);
    }
  } finally {
    await listening.close();
  }
};

/** Answers that were in the log at a moment, and are not all decided on. */
export type Awaited = { readonly atUs: number; readonly until: AnswersUntil };

export type TimeOutDue = Pick<CommandTimersParts, 'answers' | 'issue'> & {
  readonly reads: Pick<OpenCommandReads, 'due'>;
};

export type Looked = { readonly timedOut: number; readonly awaited: Awaited | undefined };

/**
 * One look. A command that was sent is only timed out when all answers are decided on that were in the log at a moment after it was due:
 * it may be that one of them is its own, and waits behind others. `awaited` is of the look before.
 */
export const timeOutDue = async ({ reads, answers, issue }: TimeOutDue, awaited?: Awaited): Promise<Looked> => {
  const due = await reads.due(dueMax);
  const [first] = due.filter(mayBeAnswered);
  const waiting = first && (awaited ?? { atUs: Number(first.now_us), until: await answers.until() });
  const decidedUs = waiting !== undefined && (await answers.areDecided(waiting.until)) ? waiting.atUs : 0;
  const over = due.filter((one) => !mayBeAnswered(one) || Number(one.due_us) <= decidedUs);
  for (const { command_id, version, now_us } of over) {
    // Made of what it was when it was due, so that several processes do it once.
    const id = `time-out/${command_id}/${version}`;
    await issue(timeOutCommand(command_id, Number(now_us)), { id, reaction: 'command-timers', trace: {} });
  }
  return { timedOut: over.length, awaited: decidedUs === 0 ? waiting : undefined };
};

/** Not before it was sent. */
const mayBeAnswered = ({ state }: DueCommand): boolean => state !== 'accepted';

type OverTables = Pick<CommandTimersParts, 'issue' | 'listen' | 'logger'> &
  AnswersParts & { readonly tables: DecidedTables };

/** For the reactor. */
export const commandTimers =
  ({ tables, issue, listen, logger, ...recorded }: OverTables) =>
  (stop: AbortSignal): Promise<void> =>
    runCommandTimers({ reads: openCommandReads(tables), answers: answersIn(recorded), issue, listen, logger }, stop);
