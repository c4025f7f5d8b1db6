/** `plenum up` as a process of its own, with an API that only this machine reaches. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { type Place, plenumEnvironment, plenumMain } from './run-plenum.ts';

export type Running = {
  readonly apiUrl: string;
  readonly password: string;
  readonly said: () => string;
  stop(): Promise<void>;
};

/** `plenum up` until the test ends, with what it told at its start. */
export const plenumUp = async (t: TestContext, place: Place): Promise<Running> => {
  const child = spawn(process.execPath, [plenumMain, 'up'], {
    env: plenumEnvironment({ HTTP_HOST: '127.0.0.1', ...place }),
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!output.includes('Plenum is up')) {
    await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail(`it ended: ${output}${errors}`))]);
  }
  return {
    apiUrl: /API at (\S+)/.exec(output)?.[1] ?? assert.fail(output),
    password: /password {2}(\S+)/.exec(output)?.[1] ?? '',
    said: () => errors,
    stop: async () => {
      child.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null], errors);
    },
  };
};
