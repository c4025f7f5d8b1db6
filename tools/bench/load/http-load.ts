/** Asks for pages as fast as they are answered: a few kept connections, one request in flight on each, plain sockets. */
import { connect, type Socket } from 'node:net';
import { serve } from '../machine/serve.ts';
import { type AnswerReader, answerReader } from './http-answers.ts';

export type Open = {
  readonly port: number;
  readonly connections: number;
  readonly paths: readonly string[];
  /** In every request. */
  readonly headers?: Readonly<Record<string, string>>;
};
export type Count = { readonly answered: number; readonly bytes: number; readonly atMs: number };

type Asker = { readonly socket: Socket; readonly reader: AnswerReader; waiting: boolean };

let askers: readonly Asker[] = [];
let requests: readonly Buffer[] = [];
let turn = 0;
let answered = 0;
let bytes = 0;
let asking = false;
let failure: Error | undefined;

const open = async ({ port, connections, paths, headers = {} }: Open): Promise<void> => {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = ['Host: 127.0.0.1\r\n', 'Accept: */*\r\n', ...more].join('');
  requests = paths.map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\n${head}\r\n`));
  askers = await Promise.all(Array.from({ length: connections }, () => openOne(port)));
};

const openOne = (port: number): Promise<Asker> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const asker: Asker = {
      socket,
      waiting: false,
      reader: answerReader((bodyBytes) => {
        asker.waiting = false;
        answered += 1;
        bytes += bodyBytes;
        if (asking) ask(asker);
      }),
    };
    socket.on('connect', () => resolve(asker));
    socket.on('data', (chunk: Buffer) => {
      try {
        asker.reader.read(chunk);
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
      }
    });
    socket.on('error', reject);
  });

const ask = (asker: Asker): void => {
  const request = requests[turn % requests.length];
  turn += 1;
  asker.waiting = true;
  if (request !== undefined) asker.socket.write(request);
};

const begin = (): void => {
  asking = true;
  for (const asker of askers) ask(asker);
};

const count = (): Count => {
  if (failure !== undefined) throw failure;
  return { answered, bytes, atMs: performance.now() };
};

const finish = (): void => {
  asking = false;
  for (const { socket } of askers) socket.destroy();
  askers = [];
};

serve({ open, begin, count, finish });
