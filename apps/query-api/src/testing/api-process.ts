/** The API as a process of its own. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import { startProgram } from '@plenum/runtime/testing';

const file = path.join(import.meta.dirname, 'api-program.ts');

type Environment = Readonly<Record<string, string>>;

export type ApiProcess = {
  readonly url: string;
  readonly pid: number;
  /** As a machine does that runs out of memory. Settles when it has ended. */
  kill(): Promise<void>;
};

/** Settles with its address when it listens. Ended after the test. */
export const startApi = async (t: TestContext, environment: Environment): Promise<string> =>
  (await startApiProcess(t, environment)).url;

/** The same, for a test that looks at its process or ends it earlier. */
export const startApiProcess = async (t: TestContext, environment: Environment): Promise<ApiProcess> => {
  const program = startProgram(t, {
    words: [file],
    env: { PATH: process.env.PATH, HTTP_HOST: '127.0.0.1', PORT: '0', ...environment },
  });
  const { address } = await program.logged('the API listens');
  const kill = async (): Promise<void> => {
    program.process.kill('SIGKILL');
    await program.exited;
  };
  return { url: String(address), pid: program.process.pid ?? Number.NaN, kill };
};
