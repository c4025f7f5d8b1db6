/** The simulated devices of a site: the simulator of the one command, in a process of its own, with its manifest. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

export type LoadSettings = {
  /** Where devices connect. */
  readonly port: number;
  readonly seed: number;
  readonly nodes: number;
  readonly ratePerSecond: number;
  readonly directory: string;
};

/** What became of one message: the id of the event that the log must hold, or the digest that the quarantine must. */
export type Promised = {
  readonly n: number;
  readonly kind: string;
  readonly event_id?: string;
  readonly sha256?: string;
  readonly acknowledged: boolean;
};

export type Load = {
  /** What the manifest has got since the last call. */
  newlyPromised(): Promise<readonly Promised[]>;
  /** Asks the devices to send no more, and settles when what is in flight was acknowledged or given up. */
  stop(): Promise<LoadSummary>;
  /** Without asking. */
  kill(): void;
};

export type LoadSummary = {
  readonly published: number;
  readonly acknowledged: number;
  readonly unacknowledged: number;
  readonly reconnects: number;
};

const main = path.join(import.meta.dirname, '../../../apps/plenum/src/main.ts');

export const startLoad = async (settings: LoadSettings): Promise<Load> => {
  const { port, seed, nodes, ratePerSecond, directory } = settings;
  const manifest = path.join(directory, `manifest-${seed}.ndjson`);
  writeFileSync(manifest, '');
  const child = spawn(
    process.execPath,
    [
      ...[...process.execArgv, main, 'simulate', '--json', '--url', `mqtt://127.0.0.1:${port}`],
      ...['--seed', String(seed), '--nodes', String(nodes), '--rate', String(ratePerSecond)],
      ...['--malformed', '0.01', '--redelivered', '0.02', '--late', '0.01', '--reordered', '0.01'],
      ...['--manifest', manifest],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  writeFileSync(path.join(directory, `load-${seed}.pid`), `${child.pid}\n`);
  let complaint = '';
  child.stderr.pipe(createWriteStream(path.join(directory, `load-${seed}.log`)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const closed = once(child, 'close');
  const file = await open(manifest);
  const newlyPromised = linesOf(file);
  return {
    newlyPromised,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
      if (printed === '') throw new Error(`the simulator ended without a summary. It said:\n${complaint}`);
      return JSON.parse(printed) as LoadSummary; // The simulator's own last line.
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

const chunkBytes = 1 << 20;

/** Follows a file that only grows: each call gives the whole lines that it has got since the last one. */
const linesOf = (file: FileHandle): Load['newlyPromised'] => {
  const buffer = Buffer.alloc(chunkBytes);
  let at = 0;
  let rest = Buffer.alloc(0);
  return async () => {
    const lines: Promised[] = [];
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, at);
      if (bytesRead === 0) return lines;
      at += bytesRead;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end);
      for (const line of bytes.toString('utf8', 0, end).split('\n')) {
        if (line !== '') lines.push(JSON.parse(line) as Promised); // Written by the simulator.
      }
    }
  };
};
