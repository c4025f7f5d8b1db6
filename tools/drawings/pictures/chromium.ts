/** A Chromium without a window, spoken to by its DevTools protocol. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

export type Chromium = AsyncDisposable & {
  /** A picture of an SVG, so many pixels wide and high. Says whether anything in it ran a script. */
  readonly picture: (asked: PictureAsked) => Promise<{ readonly scripts: number }>;
};

export type PictureAsked = {
  readonly svg: string;
  readonly pixels: readonly [width: number, height: number];
  readonly picture: string;
  /** No texts, and all lines so many pixels wide, whatever the scale: a line of 1.5 mm is not seen in a picture of 50 m. */
  readonly outlines?: number;
};

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** `undefined`: there is none on this machine. */
export const openChromium = async (): Promise<Chromium | undefined> => {
  for (const name of names) {
    const opened = await start(name);
    if (opened !== undefined) return opened;
  }
  return undefined;
};

const start = async (name: string): Promise<Chromium | undefined> => {
  const profile = await mkdtemp(path.join(tmpdir(), 'plenum-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-lcd-text', '--hide-scrollbars'];
  const more = ['--force-color-profile=srgb', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const program = spawn(name, [...flags, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    program.once('error', () => resolve());
    program.once('exit', () => resolve());
  });
  const address = await Promise.race([addressOf(program.stderr), ended.then(() => undefined)]);
  const stop = async () => {
    program.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  if (address !== undefined) return connected(address, stop);
  await stop();
  return undefined;
};

/** It says so itself, in a line of its own. */
const addressOf = async (output: NodeJS.ReadableStream): Promise<string | undefined> => {
  for await (const line of createInterface({ input: output })) {
    const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (found !== undefined) {
      output.resume();
      return found;
    }
  }
  return undefined;
};

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
};

const connected = async (address: string, stop: () => Promise<void>): Promise<Chromium> => {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, (message: Message) => void>();
  const heard = new Map<string, () => void>();
  let scripts = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message; // As the protocol has it.
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    if (message.method !== undefined) heard.get(message.method)?.();
    if (message.method === 'Page.javascriptDialogOpening' || message.method === 'Runtime.consoleAPICalled')
      scripts += 1;
  });
  let last = 0;
  const send = async (
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const id = (last += 1);
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    const { result, error } = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const ask = (method: string, params: object = {}) => send(method, params, String(sessionId));
  for (const domain of ['Page', 'Runtime']) await ask(`${domain}.enable`);
  return {
    picture: async ({ svg, pixels: [width, height], picture, outlines }) => {
      scripts = 0;
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
      const loaded = new Promise<void>((resolve) => heard.set('Page.loadEventFired', resolve));
      await ask('Page.navigate', { url: pathToFileURL(svg).href });
      await loaded;
      await ask('Runtime.evaluate', { expression: sized(width, height, outlines) });
      const { data } = await ask('Page.captureScreenshot', {
        ...{ format: 'png', clip: { x: 0, y: 0, width, height, scale: 1 } },
      });
      await writeFile(picture, Buffer.from(String(data), 'base64'));
      return { scripts };
    },
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await stop();
    },
  };
};

/** Shown at another size than its own: the view is the same. */
const sized = (width: number, height: number, outlines: number | undefined): string => `{
  const root = document.documentElement;
  root.setAttribute('width', ${width});
  root.setAttribute('height', ${height});
  root.setAttribute('preserveAspectRatio', 'none');
  const lines = ${outlines ?? 0};
  if (lines > 0) {
    const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
    style.textContent = 'rect { vector-effect: non-scaling-stroke; stroke-width: ' + lines + 'px !important; } text { display: none; }';
    root.append(style);
  }
}`;
