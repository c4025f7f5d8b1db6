/** What servers notify each other of: one channel, on which each hears what was done by the others. */
import type { SessionNews, SessionRef } from '@plenum/runtime';
import { type Ask, column } from './ask.ts';
import { sessionSchema } from './schema.ts';

/** Schema and channel have one name. */
export const newsChannel = sessionSchema;

export type SentNews = {
  /** Whose sessions were taken or ended. */
  readonly lost: readonly { readonly owner: string; readonly session: SessionRef }[];
  /** On which something else is retained, or nothing. */
  readonly topics: readonly string[];
};

type Payload = {
  readonly from: string;
  readonly lost?: readonly (readonly [owner: string, clientId: string, epoch: number])[];
  readonly topics?: readonly string[];
  readonly gap?: true;
};

/** PostgreSQL takes less than 8000 bytes. */
const payloadBytesMax = 7_900;

/** Heard by the others when the transaction is committed. */
export const sendNews = async (ask: Ask, from: string, { lost, topics }: SentNews): Promise<void> => {
  const others = lost.filter(({ owner }) => owner !== from);
  const lists = others.map(({ owner, session }) => [owner, session.clientId, session.epoch] as const);
  const payloads = [
    ...cut(lists, from, (some): Payload => ({ from, lost: some })),
    ...cut(topics, from, (some): Payload => ({ from, topics: some })),
  ];
  if (payloads.length === 0) return;
  const texts = column('text', payloads, (payload) => payload);
  await ask('select pg_notify($1, payload) from unnest($2::text[]) as n (payload)', [newsChannel, texts]);
};

/** In as few payloads as they go into; what goes into none is a gap. */
const cut = <T>(items: readonly T[], from: string, payloadOf: (some: readonly T[]) => Payload): readonly string[] => {
  const payloads: string[] = [];
  const bytesAround = Buffer.byteLength(JSON.stringify(payloadOf([])));
  let some: T[] = [];
  let bytes = bytesAround;
  const send = (): void => {
    if (some.length > 0) payloads.push(JSON.stringify(payloadOf(some)));
    some = [];
    bytes = bytesAround;
  };
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytesAround + itemBytes > payloadBytesMax) {
      payloads.push(JSON.stringify({ from, gap: true } satisfies Payload));
      continue;
    }
    if (bytes + itemBytes > payloadBytesMax) send();
    some.push(item);
    bytes += itemBytes;
  }
  send();
  return payloads;
};

export type HeardNews = {
  readonly lost: readonly SessionNews[];
  readonly topics: readonly string[];
  readonly gap: boolean;
};

/** What a payload says to `owner`. */
export const newsIn = (payload: string, owner: string): HeardNews => {
  const { from, lost = [], topics = [], gap = false } = JSON.parse(payload) as Payload; // Only `sendNews` writes to the channel.
  if (from === owner) return { lost: [], topics: [], gap: false };
  const own = lost.filter(([whose]) => whose === owner);
  return { lost: own.map(([, clientId, epoch]) => ({ news: 'lost', session: { clientId, epoch } })), topics, gap };
};
