import type { Environment, JudgedNames } from '@plenum/config';
import type { Options, Values } from './options.ts';

/** What a command may use of the process it runs in. */
export type Surroundings = {
  readonly environment: Environment;
  /** Whether the names in it, and in the file beside it, are those of settings. */
  readonly names: JudgedNames;
  /** Writes to standard output: what was asked for. Settles when it is written. */
  readonly out: (text: string) => Promise<void>;
  /** What comes by standard input. Asked for only by a command that was asked to read it. */
  readonly input: () => AsyncIterable<Uint8Array>;
  /** Writes to standard error: how it is going. */
  readonly tell: (text: string) => void;
  /** The terminal's width in characters; `undefined` when standard error is none. */
  readonly columns: () => number | undefined;
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly stop: AbortSignal;
};

export type Command = {
  /** One word to three: `demo`, `replay verify`, `nodes key issue`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs for its own help. */
  readonly about: string;
  readonly options: Options;
  /** The option that a word without one is the value of: `replay rebuild readings`. */
  readonly operand?: string;
  readonly examples: readonly string[];
  /** `false`: it takes everything from its options, and runs whatever the settings are like. */
  readonly readsSettings?: false;
  /** Answers the exit code. */
  readonly run: (values: Values<Options>, surroundings: Surroundings) => Promise<number>;
};

type Declared<O extends Options> = Omit<Command, 'options' | 'operand' | 'run'> & {
  readonly options: O;
  readonly operand?: keyof O & string;
  readonly run: (values: Values<O>, surroundings: Surroundings) => Promise<number>;
};

/** Declares a command. The types of its options tie them to `run`; outside they are erased. */
export const defineCommand = <const O extends Options>(declared: Declared<O>): Command =>
  // Erasure: `run` is only ever given values that its own options parsed.
  declared as unknown as Command;

/**
 * For commands that run until they are stopped: one that is stopped while it starts has stopped cleanly, too.
 * @returns the exit code of `run`, or 0.
 */
export const untilStopped = async (stop: AbortSignal, run: () => Promise<number>): Promise<number> => {
  try {
    return await run();
  } catch (error) {
    if (stop.aborted && error === stop.reason) return 0;
    throw error;
  }
};

/** The command line makes no sense: a mistake of the user. EX_USAGE of sysexits.h. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 64;
}
