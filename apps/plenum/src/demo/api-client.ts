/** The API as a client uses it, with the demonstration's own key. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoKey } from './demo-key.ts';

export type Client = { readonly apiUrl: string; readonly key: DemoKey; readonly stop: AbortSignal };

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

const ask = async ({ apiUrl, key, stop }: Client, path: string, more: RequestInit = {}): Promise<Response> => {
  const headers = { 'x-api-key': key.secret, ...(more.headers as Readonly<Record<string, string>> | undefined) };
  const response = await fetch(`${apiUrl}${path}`, { ...more, headers, signal: stop });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  return response;
};
