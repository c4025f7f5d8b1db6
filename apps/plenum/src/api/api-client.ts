/** The API as a client uses it, with a key. */
import { setTimeout as sleep } from 'node:timers/promises';

export type ApiKey = { readonly secret: string };

/** `apiUrl` has no `/` at its end. */
export type Client = {
  readonly apiUrl: string;
  readonly key: ApiKey;
  readonly stop: AbortSignal;
  /** Hears that a request waits so long, because the key has made all that it may make in a minute. */
  readonly waiting?: (seconds: number) => void;
};

/** How long an answer may wait until what was decided is shown. */
const shownWithinS = 30;
const lookEveryMs = 100;

/** Something decided; settles when it is shown. @returns the id of what it is about. @throws Error with what the API says. */
export const decide = async (client: Client, path: string, body: object = {}): Promise<string> => {
  const response = await ask(client, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: `wait=${shownWithinS}` },
    body: JSON.stringify(body),
  });
  const { id } = (await response.json()) as { readonly id: string }; // A receipt, as its schema says.
  return id;
};

/** Something decided, whether it is shown yet or not. @returns the answer. @throws Error with what the API says. */
export const post = async <T>(client: Client, path: string, body: object = {}): Promise<T> => {
  const response = await ask(client, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T; // As its schema says.
};

/** Whether it was done; `false` where it is not possible any more. @throws Error with what the API says else. */
export const postUnlessLate = async ({ apiUrl, key, stop }: Client, path: string): Promise<boolean> => {
  const response = await fetch(`${apiUrl}${path}`, { method: 'POST', headers: headersOf(key), signal: stop });
  const said = await response.text();
  if (response.ok || response.status === 409) return response.ok;
  throw new Error(`${path} was answered with ${response.status}: ${said}`);
};

export const remove = async (client: Client, path: string): Promise<void> => {
  await (await ask(client, path, { method: 'DELETE' })).arrayBuffer();
};

export const get = async <T>(client: Client, path: string): Promise<T> => (await (await ask(client, path)).json()) as T; // As its schema says.

/** Every page of a list. `path` has a query. */
export const everyPage = async <T>(client: Client, path: string): Promise<readonly T[]> => {
  type Page = { readonly items: readonly T[]; readonly cursor: string | null };
  const items: T[] = [];
  let page = await get<Page>(client, path);
  items.push(...page.items);
  while (page.cursor !== null) {
    page = await get<Page>(client, `${path}&cursor=${encodeURIComponent(page.cursor)}`);
    items.push(...page.items);
  }
  return items;
};

/** Several at a time, in their order. */
export const together = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = new Array<R>(items.length);
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: togetherMax }, worker));
  return results;
};

const togetherMax = 16;

/** What an export that ended has to show. */
export type EndedExport = {
  readonly export_id: string;
  readonly state: string;
  readonly digest: string | null;
  readonly position: string | null;
  readonly reason: string | null;
};

/** Asks for a file and waits until there is one. @throws Error with the reason when there will be none. */
export const exportFile = async (client: Client, asked: object): Promise<EndedExport> => {
  const id = await decide(client, '/api/v1/exports', asked);
  for (;;) {
    const ended = (await (await ask(client, `/api/v1/exports/${id}`)).json()) as EndedExport; // As its schema says.
    if (ended.state === 'ready') return ended;
    if (ended.state !== 'requested' && ended.state !== 'running') throw new Error(`no file was made: ${ended.reason}`);
    await sleep(lookEveryMs, undefined, { signal: client.stop });
  }
};

export const fileBytes = async (client: Client, { export_id }: EndedExport): Promise<Uint8Array> =>
  new Uint8Array(await (await ask(client, `/api/v1/exports/${export_id}/file`)).arrayBuffer());

const headersOf = (key: ApiKey): Readonly<Record<string, string>> => ({ 'x-api-key': key.secret });

const ask = async ({ apiUrl, key, stop, waiting }: Client, path: string, more: RequestInit = {}): Promise<Response> => {
  const headers = { ...headersOf(key), ...(more.headers as Readonly<Record<string, string>> | undefined) };
  for (;;) {
    const response = await answerOf(apiUrl, path, { ...more, headers, signal: stop });
    if (response.ok) return response;
    const said = await response.text();
    if (response.status !== tooMany) {
      throw new Error(`${path} of ${apiUrl} was answered with ${response.status}: ${detailIn(said)}`);
    }
    const seconds = secondsLeft(response);
    waiting?.(seconds);
    await sleep(seconds * 1_000, undefined, { signal: stop });
  }
};

/** More requests than the key may make in a minute. */
const tooMany = 429;

const secondsLeft = ({ headers }: Response): number => {
  const written = Number(headers.get('retry-after') ?? '');
  return written > 0 ? written : 1;
};

/** @throws Error that says which API does not answer; the reason of the signal. */
const answerOf = async (apiUrl: string, path: string, request: RequestInit): Promise<Response> => {
  try {
    return await fetch(`${apiUrl}${path}`, request);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw new Error(`no API answers at ${apiUrl}: ${reasonOf(error)}`, { cause: error });
  }
};

/** `fetch` itself says no more than that it failed. */
const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const first: unknown = inner instanceof AggregateError ? inner.errors[0] : inner;
  return first instanceof Error ? first.message : String(first);
};

/** Of a problem what it says to people; of anything else its beginning. */
const detailIn = (said: string): string => {
  try {
    const { title, detail } = JSON.parse(said) ?? {};
    if (typeof title === 'string') return typeof detail === 'string' ? `${title}. ${detail}` : title;
  } catch {
    // Said as it came.
  }
  return said.slice(0, detailMax);
};

const detailMax = 500;
