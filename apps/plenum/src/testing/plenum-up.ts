/** `plenum up` as a process of its own, with an API that only this machine reaches. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startProgram } from '@plenum/runtime/testing';
import { type Place, plenumEnvironment, plenumMain } from './run-plenum.ts';

export type Running = {
  readonly apiUrl: string;
  readonly mqttUrl: string;
  readonly password: string;
  readonly said: () => string;
  stop(): Promise<void>;
};

/** `plenum up` until the test ends, with what it printed at its start. */
export const plenumUp = async (t: TestContext, place: Place): Promise<Running> => {
  const {
    process: child,
    exited,
    stderr,
    until,
  } = startProgram(t, {
    words: [plenumMain, 'up'],
    env: plenumEnvironment({ HTTP_HOST: '127.0.0.1', ...place }),
  });
  const output = await until((stdout) => (stdout.includes('Plenum is up') ? stdout : undefined));
  return {
    apiUrl: /API at (\S+)/.exec(output)?.[1] ?? assert.fail(output),
    mqttUrl: /MQTT at ([^\s,]+)/.exec(output)?.[1] ?? assert.fail(output),
    password: /password {2}(\S+)/.exec(output)?.[1] ?? '',
    said: stderr,
    stop: async () => {
      child.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null], stderr());
    },
  };
};
