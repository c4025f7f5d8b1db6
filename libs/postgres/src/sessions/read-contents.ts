/** Reads what is in sessions that are locked. */
import type { KeptArrival, KeptMessage, KeptSubscription } from '@plenum/runtime';
import { type Ask, wholes } from './ask.ts';
import { sessionSchema } from './schema.ts';

export type Contents = {
  readonly subscriptions: KeptSubscription[];
  readonly waiting: Omit<KeptMessage, 'sent'>[];
  readonly arrivals: KeptArrival[];
};

const contentsParameter = (contents: readonly number[]): Buffer => wholes(contents, (content) => content);

/** Of these contents, all that is in them. */
export const readContents = async (
  ask: Ask,
  contents: readonly number[],
): Promise<(content: number) => Contents | undefined> => {
  const found = new Map<number, Contents>();
  for (const content of contents) found.set(content, { subscriptions: [], waiting: [], arrivals: [] });
  if (contents.length === 0) return () => undefined;
  const values = [contentsParameter(contents)];
  const [messages, subscriptions, arrivals] = await Promise.all([
    ask<MessageColumns>(messagesQuery, values),
    readSubscriptions(ask, contents),
    ask<ArrivalColumns>(arrivalsQuery, values),
  ]);
  for (const [content, number, qos, released, expiresAtMs, body] of messages) {
    const message = { number: Number(number), qos, released, expiresAtMs: expiresAtMs ?? undefined, body };
    found.get(Number(content))?.waiting.push(message);
  }
  for (const [content, subscription] of subscriptions) found.get(content)?.subscriptions.push(subscription);
  for (const [content, packetId, receivedUs, eventId, passedOn] of arrivals)
    found.get(Number(content))?.arrivals.push({ packetId, eventId, receivedTimeUs: Number(receivedUs), passedOn });
  return (content) => found.get(content);
};

type MessageColumns = readonly [
  content: string,
  number: string,
  qos: 1 | 2,
  released: boolean,
  expiresAtMs: number | null,
  body: Buffer,
];

const messagesQuery = `
  select content, number, qos, released, expires_at_ms, body from ${sessionSchema}.message
   where content = any($1) order by content, number`;

type ArrivalColumns = readonly [
  content: string,
  packetId: number,
  receivedUs: string,
  eventId: string,
  passedOn: boolean,
];

const arrivalsQuery = `
  select content, packet_id, received_us, event_id, passed_on from ${sessionSchema}.arrival where content = any($1)`;

type SubscriptionColumns = readonly [
  content: string,
  filter: string,
  qos: 0 | 1 | 2,
  noLocal: boolean,
  retainAsPublished: boolean,
  subscriptionId: number | null,
];

export const readSubscriptions = async (
  ask: Ask,
  contents: readonly number[],
): Promise<readonly (readonly [content: number, subscription: KeptSubscription])[]> => {
  if (contents.length === 0) return [];
  const rows = await ask<SubscriptionColumns>(subscriptionsQuery, [contentsParameter(contents)]);
  return rows.map(([content, filter, qos, noLocal, retainAsPublished, id]) => {
    const options = { qos, noLocal, retainAsPublished, subscriptionId: id ?? undefined };
    return [Number(content), { filter, options }];
  });
};

const subscriptionsQuery = `
  select content, filter, qos, no_local, retain_as_published, subscription_id from ${sessionSchema}.subscription
   where content = any($1)`;

export type Waiting = { readonly lastNumber: number; readonly waitingMessages: number; readonly waitingBytes: number };

/** How much waits in each, where something does. */
export const readWaiting = async (ask: Ask, contents: readonly number[]): Promise<ReadonlyMap<number, Waiting>> => {
  if (contents.length === 0) return new Map();
  const rows = await ask<readonly string[]>(waitingQuery, [contentsParameter(contents)]);
  return new Map(
    rows.map((columns) => {
      const [content = 0, lastNumber = 0, waitingMessages = 0, waitingBytes = 0] = columns.map(Number);
      return [content, { lastNumber, waitingMessages, waitingBytes }];
    }),
  );
};

const waitingQuery = `
  select content, max(number), count(*), sum(length(body)) from ${sessionSchema}.message
   where content = any($1) group by content`;
