/** Strange clients at the API of a running Plenum. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { FuzzTarget } from '../target.ts';
import { type Asked, type OpenApi, rawRequestOf, requestOf } from './requests.ts';

export type HttpAsked = {
  /** Where the API is. */
  readonly url: string;
  /** What most of them are let in with, to reach what is behind the guards. */
  readonly key: Readonly<Record<string, string>>;
  readonly inputs: number;
  readonly seed: number;
};

const atOnce = 8;
/** Every so many questions is bytes that are hardly HTTP. */
const rawEvery = 10;
/** Every so many questions is from nobody. */
const unknownEvery = 7;
const answerMsMax = 30_000;

export const fuzzHttp = async ({ url, key, inputs, seed }: HttpAsked, target: FuzzTarget): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const openApi = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApi; // The API's own document.
  let n = 0;
  const worker = async (): Promise<void> => {
    while (n < inputs && !target.stop.aborted) {
      n += 1;
      const { input, problem } =
        n % rawEvery === 0
          ? await tryRaw(url, seed, n)
          : await tryRequest({ url, agent, key: n % unknownEvery === 0 ? {} : key }, requestOf(openApi, seed, n));
      target.progress(1);
      if (problem !== undefined) target.failed({ target: 'http', problem, input });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    agent.destroy();
  }
};

export type HttpInput = Asked | { readonly raw: string };
type Tried = { readonly input: HttpInput; readonly problem: string | undefined };

type Way = { readonly url: string; readonly agent: Agent; readonly key: Readonly<Record<string, string>> };

const tryRequest = async (way: Way, asked: Asked): Promise<Tried> => ({
  input: asked,
  problem: await askOnce(way, asked),
});

const tryRaw = async (url: string, seed: number, n: number): Promise<Tried> => {
  const bytes = rawRequestOf(seed, n);
  return { input: { raw: bytes.toString('base64') }, problem: await writeOnce(url, bytes) };
};

/** Tries one input, as it is kept in a file. @returns what is wrong with the answer. */
export const tryHttpInput = async (
  url: string,
  key: Readonly<Record<string, string>>,
  input: HttpInput,
): Promise<string | undefined> => {
  if ('raw' in input) return writeOnce(url, Buffer.from(input.raw, 'base64'));
  const agent = new Agent();
  try {
    return await askOnce({ url, agent, key }, input);
  } finally {
    agent.destroy();
  }
};

type Answer = { readonly status: number; readonly type: string; readonly body: string };

const askOnce = async (
  { url, agent, key }: Way,
  { method, target, headers: own, body }: Asked,
): Promise<string | undefined> => {
  const headers = { ...key, ...own };
  const { hostname, port } = new URL(url);
  const options = { agent, hostname, port, method, path: target.startsWith('/') ? target : `/${target}`, headers };
  const answer = await new Promise<Answer | Error>((resolve) => {
    const sent = request({ ...options, timeout: answerMsMax }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      const { statusCode: status = 0, headers: given } = response;
      response.on('end', () => resolve({ status, type: given['content-type'] ?? '', body: text }));
      response.on('error', resolve);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerMsMax} ms`)));
    sent.on('error', resolve);
    sent.end(body);
  });
  return answer instanceof Error ? problemOfError(answer) : problemOf(answer);
};

/** Closing a connection is an answer to some questions; not answering at all, or not being there, is none. */
const problemOfError = (error: Error): string | undefined =>
  'code' in error && error.code !== 'ECONNREFUSED' ? undefined : error.message;

/** 501 is what there is to say to a method that nothing takes, where there is no address that says 405. */
const isOurs = (status: number): boolean => status >= 500 && status !== 501;

const problemOf = ({ status, type, body }: Answer): string | undefined => {
  if (isOurs(status)) return `answered ${status} ${body.slice(0, 300)}`;
  if (!/json/.test(type) || body === '') return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch {
    return `answered ${status} with what is no JSON: ${body.slice(0, 100)}`;
  }
};

const writeOnce = (url: string, bytes: Buffer): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    let refused: string | undefined;
    socket.on('data', (part: Buffer) => {
      answer += part.toString('latin1');
    });
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'ECONNREFUSED') refused = error.message;
    });
    // A question without an end is waited for by the API, and rightly so: we hang up.
    socket.end(bytes);
    const patience = setTimeout(() => socket.destroy(), 1_000);
    socket.on('close', () => {
      clearTimeout(patience);
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
      // Bytes that are no HTTP may name another version of it, and come while the API is busy with those before.
      const isFault = isOurs(status) && status !== 503 && status !== 505;
      resolve(refused ?? (isFault ? `answered ${answer.slice(0, 200)}` : undefined));
    });
  });
