/** The device of docs/examples/device as a process of its own, which a test kills and starts again. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { pythonEnvironment } from './python-environment.ts';

const example = path.resolve(import.meta.dirname, '../../docs/examples/device');
const program = path.join(import.meta.dirname, 'device/device.py');

export const { python: devicePython = '', skip: noDevicePython } = await pythonEnvironment(
  path.join(example, 'requirements.txt'),
);

export type MqttVersion = '3.1.1' | '5';

export type ExampleDevice = {
  /** Starts a process over the file of the ones before. */
  start(port: number): void;
  /** SIGKILL; settles when it is gone. */
  kill(): Promise<void>;
  /** Publishes so many readings of 0, 1, 2, …; settles when they are in its file. */
  read(readings: number): Promise<void>;
  /** Lets one command that waits go on. */
  go(): void;
  /** Settles when it has begun with the command. */
  began(commandId: string): Promise<void>;
  /** Settles when it says this, in any of its lives. */
  says(pattern: RegExp): Promise<void>;
  /** The commands it has executed, by its own record, as often as it did. */
  executed(): readonly string[];
};

/** The program `blink.py`, as its README runs it; ended after the test. */
export const runLight = (t: TestContext, port: number): void => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-light-'));
  const given = { NODE_ID: 'node-1', NODE_KEY: 'not checked here', MQTT_PORT: String(port) };
  const env = { ...process.env, ...given, STORE: path.join(folder, 'light.sqlite3'), PYTHONDONTWRITEBYTECODE: '1' };
  const light = spawn(devicePython, [path.join(example, 'blink.py')], { env, stdio: 'ignore' });
  const exited = once(light, 'close');
  t.after(async () => {
    light.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  });
};

/** Not started; its files and its process are gone after the test. */
export const exampleDevice = (t: TestContext, version: MqttVersion): ExampleDevice => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-device-'));
  const [store, record] = [path.join(folder, 'device.sqlite3'), path.join(folder, 'executed')];
  const changes = new EventEmitter();
  let said = '';
  let kept = 0;
  let child: ReturnType<typeof spawn> | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    await exited;
  };
  t.after(async () => {
    await kill();
    rmSync(folder, { recursive: true });
  });
  const hear = (line: string): void => {
    said += `${line}\n`;
    if (line.includes('"kept"')) kept += 1;
    changes.emit('said');
  };
  t.signal.addEventListener('abort', () => changes.emit('said'));
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      if (t.signal.aborted) process.stderr.write(said); // Of a test that took too long nothing else is shown.
      t.signal.throwIfAborted();
      await once(changes, 'said');
    }
  };
  const ask = (asked: object): void => {
    child?.stdin?.write(`${JSON.stringify(asked)}\n`);
  };
  return {
    start: (port) => {
      const env = { ...process.env, PYTHONPATH: example, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };
      const started = spawn(devicePython, [program, String(port), store, record, version], { env });
      started.stdin.on('error', () => undefined); // It was killed.
      for (const input of [started.stdout, started.stderr]) createInterface({ input }).on('line', hear);
      exited = once(started, 'close');
      child = started;
    },
    kill,
    read: async (readings) => {
      const before = kept;
      ask({ readings });
      await until(() => kept > before);
    },
    go: () => ask({ go: true }),
    began: (commandId) => until(() => said.includes(`{"began": "${commandId}"}`)),
    says: (pattern) => until(() => pattern.test(said)),
    executed: () => (existsSync(record) ? readFileSync(record, 'utf8').split('\n').slice(0, -1) : []),
  };
};
