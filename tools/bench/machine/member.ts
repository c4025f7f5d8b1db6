/**
 * Processes of a measurement. Each is a program of `sides/` or `load/` in a Node of its own, so that what one side costs is
 * never paid by the other, and is spoken to over the channel that Node gives to a forked process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

export type Member = {
  readonly name: string;
  readonly pid: number;
  /** Asks the program to do one thing that it knows by name. @throws what the program answered with, or its end. */
  ask<Answer>(what: string, parameters?: object): Promise<Answer>;
  /** Ends it. Settles when it is gone. */
  stop(): Promise<void>;
};

export type MemberSettings = {
  /** What it is called in results. */
  readonly name: string;
  /** Relative to `tools/bench`. */
  readonly program: string;
  /** Where a CPU profile is written when it ends; none otherwise. */
  readonly profileDirectory?: string | undefined;
};

/** What passes between the two: a question has a number, and its answer the same. */
export type Question = { readonly number: number; readonly what: string; readonly parameters: object };
export type Answered = { readonly number: number } & ({ readonly value: unknown } | { readonly problem: string });

const stopMs = 20_000;

export const startMember = async ({ name, program, profileDirectory }: MemberSettings): Promise<Member> => {
  if (profileDirectory !== undefined) mkdirSync(profileDirectory, { recursive: true });
  const profiling =
    profileDirectory === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
  // `advanced` keeps big integers and undefined as they are.
  const child = fork(path.join(import.meta.dirname, '..', program), [], {
    execArgv: profiling,
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let numbers = 0;
  child.on('message', (message) => {
    const answered = message as Answered; // Only `serve` writes to this channel.
    const question = waiting.get(answered.number);
    waiting.delete(answered.number);
    if ('problem' in answered) question?.reject(new Error(`${name}: ${answered.problem}`));
    else question?.resolve(answered.value);
  });
  const gone = goneOf(child);
  void gone.then((how) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ${how}`));
    waiting.clear();
  });
  if (child.pid === undefined) throw new Error(`${name} ${await gone}`);

  return {
    name,
    pid: child.pid,
    ask: <Answer>(what: string, parameters: object = {}) => {
      const question = Promise.withResolvers<unknown>();
      numbers += 1;
      waiting.set(numbers, question);
      child.send({ number: numbers, what, parameters } satisfies Question);
      return question.promise as Promise<Answer>; // The program's handler of that name says what it answers.
    },
    stop: async () => {
      if (child.connected) child.disconnect(); // `serve` ends its process then.
      const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await gone;
      clearTimeout(late);
    },
  };
};

const goneOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
