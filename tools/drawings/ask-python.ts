/** A Python program that answers questions: a line of JSON each, in their order. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Python = AsyncDisposable & { readonly ask: (question: unknown) => Promise<unknown> };

export const openPython = (python: string, script: string): Python => {
  const program = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(program, 'exit');
  // What is written to a program that has ended is answered by nobody, and that is said below.
  program.stdin.on('error', () => undefined);
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  let before: Promise<unknown> = Promise.resolve();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${script} ended before it had answered`);
    return JSON.parse(line.value);
  };
  return {
    ask: (question) => {
      program.stdin.write(`${JSON.stringify(question)}\n`);
      const answer = before.then(next, next);
      before = answer.catch(() => undefined);
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      program.stdin.end();
      await exited;
    },
  };
};
