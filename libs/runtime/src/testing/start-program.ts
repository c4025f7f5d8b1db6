/** A program of the project as a process of its own, ended after the test that started it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';

export type StartedProgram = {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Exit code and signal, when all that it said has been read. */
  readonly exited: Promise<readonly unknown[]>;
  /** What `find` finds in what it has said, as soon as it finds something. Fails when the program ends before. */
  until<T>(find: (stdout: string, stderr: string) => T | undefined): Promise<T>;
  /** The first line of its log with this message. Fails when the program ends before. */
  logged(message: string): Promise<LogLine>;
};

/** A line of JSON as our processes log it. */
export type LogLine = { readonly msg: string } & Readonly<Record<string, unknown>>;

export type ProgramSettings = {
  /** The file, and what comes behind it on the command line. */
  readonly words: readonly string[];
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv;
};

/** Runs the file with the Node that runs the test. */
export const startProgram = (t: TestContext, { words, env }: ProgramSettings): StartedProgram => {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const changes = new EventEmitter();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    changes.emit('said');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    changes.emit('said');
  });
  let hasEnded = false;
  child.once('close', () => {
    hasEnded = true;
    changes.emit('said');
  });
  const until = async <T>(find: (stdout: string, stderr: string) => T | undefined): Promise<T> => {
    for (;;) {
      const found = find(stdout, stderr);
      if (found !== undefined) return found;
      assert.ok(!hasEnded, `${words.join(' ')} ended: ${stdout.slice(-2_000)}${stderr}`);
      await once(changes, 'said');
    }
  };
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    until,
    logged: (message) => until((said) => lineWith(said, message)),
  };
};

const lineWith = (said: string, message: string): LogLine | undefined => {
  const whole = said.slice(0, said.lastIndexOf('\n') + 1).split('\n');
  const line = whole.find((text) => text.includes(`"msg":${JSON.stringify(message)}`));
  return line === undefined ? undefined : (JSON.parse(line) as LogLine); // Our logger writes one object a line.
};
