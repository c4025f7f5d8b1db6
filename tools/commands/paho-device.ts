/** The device of chaos as a process of a test: a program of Python that shares no code with Plenum, and its record. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deviceRecords } from '../chaos/commands/device-records.ts';
import { pythonEnvironment } from '../examples/python-environment.ts';

const pinned = path.resolve(import.meta.dirname, '../../docs/examples/device/requirements.txt');
const program = path.resolve(import.meta.dirname, '../chaos/commands/devices.py');

export const { python = '', skip: noPaho } = await pythonEnvironment(pinned);

export type PahoDevice = {
  /** Starts a process over the record of those before. It connects and stays. */
  start(): void;
  /** SIGKILL; settles when it is gone. */
  kill(): Promise<void>;
  /** Settles when it has died by itself. */
  died(): Promise<void>;
  /** Settles when it has written this about the command. */
  wrote(what: string, commandId: string): Promise<void>;
  /** What it has written about the command, in order. */
  record(commandId: string): Promise<readonly string[]>;
  /** Settles when it has been let in so often, over all its lives. */
  connected(times: number): Promise<void>;
};

/** The node `node-1`, not started; its files and its process are gone after the test. */
export const pahoDevice = (t: TestContext, port: number): PahoDevice => {
  const directory = mkdtempSync(path.join(tmpdir(), 'plenum-paho-'));
  const node = {
    ...{ node_id: 'node-1', user_name: 'node-1', key: 'not checked here', ports: [port], version: 5 },
    ...{ stay_seconds: 60, away_seconds: 0.1 },
  };
  const file = path.join(directory, 'settings.json');
  writeFileSync(file, JSON.stringify({ directory, nodes: [node] }));
  writeFileSync(path.join(directory, 'calm'), '');
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    await exited;
  };
  t.after(async () => {
    await kill();
    rmSync(directory, { recursive: true });
  });
  const record = async (commandId: string): Promise<readonly string[]> =>
    (await deviceRecords(directory)).lines.filter((line) => line.commandId === commandId).map(({ what }) => what);
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await sleep(20, undefined, { signal: t.signal });
  };
  return {
    start: () => {
      const started = spawn(python, [program, file], {
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      exited = once(started, 'close');
      child = started;
    },
    kill,
    died: async () => void (await exited),
    record,
    wrote: (what, commandId) => until(async () => (await record(commandId)).includes(what)),
    connected: (times) => until(async () => (await deviceRecords(directory)).connections.connected >= times),
  };
};
