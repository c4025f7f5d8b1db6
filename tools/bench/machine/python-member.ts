/** A process of a measurement that is written in Python. It is spoken to in lines of JSON, of which `serve.py` has the other end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from '../../examples/python-environment.ts';
import { Missing } from '../missing.ts';
import type { Member } from './member.ts';

export type PythonMemberSettings = {
  /** What it is called in results. */
  readonly name: string;
  /** Relative to `tools/bench`. */
  readonly program: string;
  /** Where the packages that it needs are pinned, relative to `tools`. */
  readonly requirements: string;
};

const stopMs = 20_000;

/** It does one thing at a time. @throws Missing where there is no Python, or its packages cannot be had. */
export const startPythonMember = async ({ name, program, requirements }: PythonMemberSettings): Promise<Member> => {
  const environment = await pythonEnvironment(path.join(import.meta.dirname, '../..', requirements));
  if (environment.python === undefined) throw new Missing(environment.skip);
  const child = spawn(environment.python, [path.join(import.meta.dirname, '..', program)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} was started and has no process`);
  const gone = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    pid,
    ask: async <Answer>(what: string, parameters: object = {}) => {
      child.stdin.write(`${JSON.stringify({ what, parameters })}\n`);
      const { value: line, done } = await answers.next();
      if (done === true) throw new Error(`${name} ended before it had answered ${what}`);
      const answered = JSON.parse(line) as { readonly value: Answer } | { readonly problem: string }; // As `serve.py` writes it.
      if ('problem' in answered) throw new Error(`${name}: ${answered.problem}`);
      return answered.value;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end(); // `serve` ends its process then.
      const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await gone;
      clearTimeout(late);
    },
  };
};
