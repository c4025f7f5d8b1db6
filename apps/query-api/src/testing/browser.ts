/** A Chromium without a window, for what has to be tried as pages do it. Ended after the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

export type BrowserPage = {
  /** Settles when the page is loaded. */
  go(url: string): Promise<void>;
  /** The value of an expression in the page, as JSON; a promise is waited for. @throws what the expression throws. */
  evaluate(expression: string): Promise<unknown>;
};

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
};

/** `undefined`: there is none on this machine. */
export const openBrowser = async (t: TestContext): Promise<BrowserPage | undefined> => {
  const profile = await mkdtemp(path.join(tmpdir(), 'plenum-browser-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const program = spawn('chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    program.once('error', () => resolve());
    program.once('exit', () => resolve());
  });
  t.after(async () => {
    program.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const address = await Promise.race([addressOf(program.stderr), ended.then(() => undefined)]);
  return address === undefined ? undefined : connected(t, address);
};

/** It says so itself, in a line of its own. */
const addressOf = async (output: NodeJS.ReadableStream): Promise<string | undefined> => {
  for await (const line of createInterface({ input: output })) {
    const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (found === undefined) continue;
    output.resume();
    return found;
  }
  return undefined;
};

const connected = async (t: TestContext, address: string): Promise<BrowserPage> => {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  t.after(() => socket.close());
  const waiting = new Map<number, (message: Message) => void>();
  let loaded = (): void => undefined;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message; // As the protocol has it.
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    if (message.method === 'Page.loadEventFired') loaded();
  });
  let last = 0;
  const send = async (method: string, params: object, sessionId?: string) => {
    const id = (last += 1);
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    const { result = {}, error } = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const ask = (method: string, params: object = {}) => send(method, params, String(sessionId));
  await ask('Page.enable');
  return {
    go: async (url) => {
      const isLoaded = new Promise<void>((resolve) => (loaded = resolve));
      await ask('Page.navigate', { url });
      await isLoaded;
    },
    evaluate: async (expression) => {
      const asked = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await ask('Runtime.evaluate', asked);
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { readonly value?: unknown }).value; // As the protocol has it.
    },
  };
};
