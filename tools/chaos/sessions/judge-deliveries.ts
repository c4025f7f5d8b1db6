/** What each subscriber had to hear of what was published, and what it heard. */
import type { Message, Qos } from './client-state.ts';
import type { Filter, Heard, Sent } from './kept-client.ts';

export type Subscriber = {
  readonly clientId: string;
  readonly filters: readonly Filter[];
  readonly subscribedMs: number | undefined;
  readonly heard: readonly Heard[];
};

export type Missing = { readonly what: string; readonly clientId: string };

export type Deliveries = {
  /** Deliveries that were owed beyond doubt, and those of them that came. */
  readonly owed: number;
  readonly missing: readonly Missing[];
  /** With QoS 2, more than once. */
  readonly twice: readonly string[];
  /** With QoS 1, beyond once; which it may. */
  readonly again: number;
};

/** Whether a bridge had a subscriber's session all the time between two moments. */
export type Had = (bridge: string, clientId: string, fromMs: number, toMs: number) => boolean;

/** The number of a message, from its payload. `undefined`: it is none of ours. */
export const numberOf = (payload: string): number | undefined => {
  const found = /"n":(\d+)/.exec(payload)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** The higher of all filters, the lower of message and filter; `undefined`: none of them takes it. */
export const qosFor = ({ topic, qos }: Message, filters: readonly Filter[]): Qos | undefined => {
  const matching = filters.filter(({ filter }) => filter === topic || isUnder(filter, topic));
  if (matching.length === 0) return undefined;
  return Math.min(qos, Math.max(...matching.map((one) => one.qos))) as Qos; // One of them.
};

const isUnder = (filter: string, topic: string): boolean =>
  filter.endsWith('/+') && topic.slice(0, topic.lastIndexOf('/')) === filter.slice(0, -2);

export const judgeDeliveries = (sent: readonly Sent[], subscribers: readonly Subscriber[], had: Had): Deliveries => {
  const missing: Missing[] = [];
  const twice: string[] = [];
  let [owed, again] = [0, 0];
  for (const subscriber of subscribers) {
    const counts = timesHeard(subscriber);
    for (const one of sent) {
      const qos = qosFor(one.message, subscriber.filters);
      if (qos === undefined) continue;
      const heard = counts.get(one.message.n) ?? 0;
      const what = `${inWords(one)} at ${subscriber.clientId} with QoS ${qos}`;
      if (isOwed(one, subscriber, had)) {
        owed += 1;
        if (heard === 0) missing.push({ what, clientId: subscriber.clientId });
      }
      const times = heardInWords(subscriber, one.message.n);
      if (heard > 1 && qos === 2) twice.push(`${what}: ${times}`);
      else again += Math.max(0, heard - 1);
    }
  }
  return { owed, missing, twice, again };
};

const timesHeard = ({ heard }: Subscriber): ReadonlyMap<number, number> => {
  const times = new Map<number, number>();
  for (const { payload, retain } of heard) {
    const n = numberOf(payload);
    if (n !== undefined && !retain) times.set(n, (times.get(n) ?? 0) + 1);
  }
  return times;
};

/** Wherever it was published, each time, the session was there. What is not acknowledged, or refused, is owed to nobody. */
const isOwed = ({ message, attempts, acknowledgedMs, reason }: Sent, subscriber: Subscriber, had: Had): boolean => {
  const { subscribedMs = Number.POSITIVE_INFINITY, clientId } = subscriber;
  if (acknowledgedMs === undefined || reason >= 0x80 || message.payload === '') return false;
  return (
    attempts.length > 0 &&
    attempts.every(
      ({ replica, sentMs, endedMs }) =>
        sentMs > subscribedMs && had(replica, clientId, sentMs, Math.min(endedMs, acknowledgedMs)),
    )
  );
};

const inWords = ({ message: { n, qos }, attempts }: Sent): string => {
  const tried = attempts.map(
    ({ replica, sentMs, endedMs }) => `${replica} ${Math.round(sentMs)} to ${Math.round(endedMs)} ms`,
  );
  return `message ${n} of QoS ${qos} (${tried.join('; ')})`;
};

const heardInWords = ({ heard }: Subscriber, n: number): string =>
  heard
    .filter(({ payload, retain }) => !retain && numberOf(payload) === n)
    .map(({ replica, atMs, dup }) => `${replica} ${Math.round(atMs)} ms${dup ? ' DUP' : ''}`)
    .join(', ');
