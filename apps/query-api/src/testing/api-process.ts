/** The API as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

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
  const program = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, HTTP_HOST: '127.0.0.1', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(program, 'exit');
  t.after(async () => {
    program.kill('SIGTERM');
    await ended;
  });
  let said = '';
  program.stderr.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const listening = Promise.withResolvers<string>();
  createInterface({ input: program.stdout }).on('line', (line) => {
    const { msg, address }: { readonly msg?: unknown; readonly address?: unknown } = JSON.parse(line);
    if (msg === 'the API listens') listening.resolve(String(address));
  });
  void ended.then(([code]) => listening.reject(new Error(`the API ended with ${code}: ${said}`)));
  const kill = async (): Promise<void> => {
    program.kill('SIGKILL');
    await ended;
  };
  return { url: await listening.promise, pid: program.pid ?? Number.NaN, kill };
};
