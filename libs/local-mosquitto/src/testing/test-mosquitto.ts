/** A real Mosquitto for tests, on free ports and in a folder that is gone afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { freePorts } from '@plenum/runtime';
import { findDynamicSecurity } from '../find-dynamic-security.ts';
import { findMosquitto } from '../find-mosquitto.ts';
import { placedConfiguration } from '../shipped-configuration.ts';

export type TestMosquitto = {
  readonly port: number;
  readonly tlsPort: number;
  readonly webSocketPort: number;
  readonly webSocketTlsPort: number;
  /** Ends it, and settles when it has ended. `SIGTERM` lets it save what is persistent. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** On the same ports and the same folder. */
  start(): Promise<void>;
  /** When it saved what is persistent, by the machine's clock; 0 when it never did. */
  savedMs(): number;
  /** How often it has written everything that is persistent, since it was first started. */
  saves(): number;
  /** Frozen, it answers nothing and closes nothing. */
  freeze(): void;
  thaw(): void;
};

export type MosquittoOptions = {
  /** More lines of its configuration, before the listeners. */
  readonly settings?: readonly string[];
  /** A whole configuration instead: its listeners and its folder are replaced by the test's. */
  readonly file?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Of TCP alone it starts in a fifth of the time; then there is nothing at `webSocketPort`. */
  readonly tcpOnly?: boolean;
};

const binary = findMosquitto(process.env.PATH);

/** For `{ skip: mosquittoMissing }`: why suites that need a Mosquitto cannot run here; `false` when they can. */
export const mosquittoMissing: string | false =
  binary === undefined ? 'no Mosquitto on this machine: apt-get install mosquitto' : false;

export const dynamicSecurityPlugin = findDynamicSecurity();

/** The same for suites that need its dynamic-security plugin. */
export const dynamicSecurityMissing: string | false =
  mosquittoMissing || (dynamicSecurityPlugin === undefined && 'this Mosquitto has no dynamic-security plugin');

/** Started; stopped and removed after the test. */
export const testMosquitto = async (t: TestContext, options: MosquittoOptions = {}): Promise<TestMosquitto> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-mosquitto-'));
  const file = path.join(folder, 'mosquitto.conf');
  if (options.tls !== undefined) {
    writeFileSync(path.join(folder, 'key.pem'), options.tls.key);
    writeFileSync(path.join(folder, 'cert.pem'), options.tls.cert);
  }
  let child: ChildProcess | undefined;
  let saves = 0;
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill('SIGCONT');
    ending.kill(signal);
    await exited;
  };
  const start = async (): Promise<void> => {
    child = await startBroker(file, (line) => {
      if (line.includes('Saving in-memory database')) saves += 1;
    });
  };
  // Given again when the test ends, so that it comes after what the test opened later.
  t.after(() =>
    t.after(async () => {
      await stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }),
  );
  const ports = await startAnywhere(async (free) => {
    writeFileSync(file, configuration(folder, options, free));
    await start();
  });
  return {
    ...{ ...ports, stop, start },
    savedMs: () => statSync(path.join(folder, 'mosquitto.db'), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    saves: () => saves,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
};

/** Somebody can take a port between our look and the broker's: then it is tried on others. */
const startAnywhere = async (start: (ports: Ports) => Promise<void>): Promise<Ports> => {
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0, tlsPort = 0, webSocketPort = 0, webSocketTlsPort = 0] = await freePorts(4);
    const ports = { port, tlsPort, webSocketPort, webSocketTlsPort };
    try {
      await start(ports);
      return ports;
    } catch (error) {
      if (attempt === 5 || !String(error).includes('Address already in use')) throw error;
    }
  }
};

type Ports = Pick<TestMosquitto, 'port' | 'tlsPort' | 'webSocketPort' | 'webSocketTlsPort'>;

const configuration = (
  folder: string,
  { settings = [], file = usual, tls, tcpOnly = false }: MosquittoOptions,
  { port, tlsPort, webSocketPort, webSocketTlsPort }: Ports,
): string => {
  const tcp = [`listener ${port} 127.0.0.1`];
  const plain = tcpOnly ? [tcp] : [tcp, [`listener ${webSocketPort} 127.0.0.1`, 'protocol websockets']];
  const certificate = [`keyfile ${folder}/key.pem`, `certfile ${folder}/cert.pem`];
  const encrypted = [
    [`listener ${tlsPort} 127.0.0.1`, ...certificate],
    [`listener ${webSocketTlsPort} 127.0.0.1`, 'protocol websockets', ...certificate],
  ];
  const listeners = tls === undefined ? plain : [...plain, ...encrypted];
  return placedConfiguration([file, ...settings].join('\n'), { folder, listeners, log: 'all', logTo: 'stderr' });
};

/** Nothing is lost but by a crash of the machine: what a test about something else wants. */
const usual = `
persistence true
autosave_interval 0
max_queued_messages 0
max_inflight_messages 1000`;

const startBroker = async (file: string, heard: (line: string) => void): Promise<ChildProcess> => {
  if (binary === undefined) throw new Error('there is no Mosquitto');
  const child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    if (said.push(line) > 200) said.shift();
    heard(line);
    if (/mosquitto version \S+ running/.test(line)) resolve();
  });
  child.once('error', reject);
  // Not `exit`, which can come before its last words.
  child.once('close', (code) => reject(new Error(`mosquitto ended with ${code}:\n${said.join('\n')}`)));
  await promise;
  return child;
};
