/**
 * Bounds on what Aedes keeps in memory for its clients: retained messages, sessions, messages for sessions that are
 * away. A replica is a broker of its own, and none of this outlives it; the log does.
 */
import { Readable } from 'node:stream';
import type { Logger } from '@plenum/runtime';
import type { Aedes, PublishPacket } from 'aedes';
import type { KeptArrivals } from './kept-arrivals.ts';
import { boundSessions, type KeptSessions, type SessionLimits, type SessionPersistence } from './kept-sessions.ts';
import type { Qos2Window } from './qos2-window.ts';
import type { SubscribedFilters } from './subscribed-filters.ts';

type Session = { readonly id: string };
type Packet = PublishPacket & { messageId?: number };

/** The part of aedes-persistence 11 that is replaced here; Aedes' own typings call it `any`. */
type Persistence = SessionPersistence<Packet> & {
  storeRetained(packet: PublishPacket): Promise<void>;
  incomingGetPacket(client: Session, packet: Packet): Promise<Packet>;
  incomingStorePacket(client: Session, packet: Packet): Promise<void>;
  incomingDelPacket(client: Session, packet: Packet): Promise<void>;
  putWill(client: Session, packet: PublishPacket): Promise<void>;
  delWill(client: Session): Promise<void>;
  streamWill(): Iterable<never>;
};

export type MemoryLimits = SessionLimits & {
  /** Payloads of all retained messages together. */
  readonly retainedBytesMax: number;
  /** Messages that wait for one session to come back. */
  readonly queuedMessagesMax: number;
  /** And their payloads, of all sessions together, */
  readonly queuedBytesMax: number;
  /** beside what each session may have whatever the others do. */
  readonly queuedBytesShare: number;
};

export type Memory = { counts(): MemoryCounts; readonly mayHave: KeptSessions['mayHave'] };

export type MemoryCounts = { readonly retainedBytes: number; readonly notRetained: number; readonly notQueued: number };

type MemoryParts = {
  readonly limits: MemoryLimits;
  readonly qos2: Qos2Window;
  readonly kept: Pick<KeptArrivals, 'ended'>;
  readonly logger: Logger;
  /** Filters of kept sessions are entered here. */
  readonly subscribed: SubscribedFilters;
  /** Whether a client was granted a filter on its connection. */
  readonly granted: (client: Session, filter: string) => boolean;
};

/** Replaces the unbounded parts of a broker's memory. Call before the first client. */
export const boundMemory = (broker: Aedes, parts: MemoryParts): Memory => {
  const { limits, qos2, kept, logger, subscribed, granted } = parts;
  // Aedes sets it in `listen()` and does not declare it.
  const { persistence } = broker as unknown as { persistence: Persistence };
  const retained = boundRetained(persistence, limits, logger);
  const queues = boundQueues(persistence, limits);
  const sessions = boundSessions(broker, persistence, limits, subscribed);

  // Aedes stores every filter of a SUBSCRIBE for a kept session, refused ones too.
  const addSubscriptions = persistence.addSubscriptions.bind(persistence);
  persistence.addSubscriptions = (client, subscriptions) =>
    addSubscriptions(
      client,
      subscriptions.filter(({ topic }) => granted(client, topic)),
    );

  // What waits is sent when its client is back: with DUP if it had been sent before, which its packet id shows
  // [MQTT-3.3.1-1], and never marked as retained, for the client was subscribed [MQTT-3.3.1-9].
  const outgoing = persistence.outgoingStream.bind(persistence);
  persistence.outgoingStream = (client) => Readable.from(sentAgain(outgoing(client)));

  // Of a QoS 2 message that was published already, only its packet id is needed until PUBREL.
  const storeIncoming = persistence.incomingStorePacket.bind(persistence);
  persistence.incomingStorePacket = (client, packet) => storeIncoming(client, { ...packet, payload: '' });
  const deleteIncoming = persistence.incomingDelPacket.bind(persistence);
  persistence.incomingDelPacket = (client, packet) => {
    qos2.released(client.id, packet.messageId ?? 0);
    return deleteIncoming(client, packet);
  };
  const cleanIncoming = persistence.cleanIncoming.bind(persistence);
  persistence.cleanIncoming = (client) => {
    qos2.cleaned(client.id);
    kept.ended(client.id);
    return cleanIncoming(client);
  };

  // Aedes keeps a copy of each will for other brokers to publish, and after a pause of four minutes (a sleeping
  // laptop) takes itself for one that died. A client carries its own will; there are no other brokers.
  persistence.putWill = () => Promise.resolve();
  persistence.delWill = () => Promise.resolve();
  persistence.streamWill = () => [];

  return { counts: () => ({ ...retained(), ...queues() }), mayHave: sessions.mayHave };
};

const sentAgain = async function* (waiting: AsyncIterable<Packet>): AsyncIterable<Packet> {
  for await (const packet of waiting) {
    // The others are PUBRELs.
    yield packet.cmd === 'publish' ? { ...packet, dup: packet.messageId !== undefined, retain: false } : packet;
  }
};

type Retained = Pick<MemoryCounts, 'retainedBytes' | 'notRetained'>;

const boundRetained = (persistence: Persistence, limits: MemoryLimits, logger: Logger): (() => Retained) => {
  const sizes = new Map<string, number>();
  let retainedBytes = 0;
  let notRetained = 0;
  const store = persistence.storeRetained.bind(persistence);
  persistence.storeRetained = (packet) => {
    const before = sizes.get(packet.topic) ?? 0;
    const sizeBytes = packet.payload.length === 0 ? 0 : packet.payload.length + packet.topic.length + overheadBytes;
    if (sizeBytes > before && retainedBytes - before + sizeBytes > limits.retainedBytesMax) {
      notRetained += 1;
      if (notRetained === 1) logger.warn({ topic: packet.topic }, 'no capacity to retain more; new messages are not');
      return Promise.resolve();
    }
    retainedBytes += sizeBytes - before;
    if (sizeBytes === 0) sizes.delete(packet.topic);
    else sizes.set(packet.topic, sizeBytes);
    // A copy, because the payload is a view into everything else that came with it.
    return store({ ...packet, payload: Buffer.from(packet.payload) });
  };
  return () => ({ retainedBytes, notRetained });
};

const overheadBytes = 256;

const boundQueues = (persistence: Persistence, limits: MemoryLimits): (() => Pick<MemoryCounts, 'notQueued'>) => {
  const queues = new Map<string, { messages: number; bytes: number }>();
  /** What sessions have beyond their own shares. */
  let sharedBytes = 0;
  let notQueued = 0;

  const beyond = (bytes: number): number => Math.max(0, bytes - limits.queuedBytesShare);
  const over = (bytes: number, more: number): number => beyond(bytes + more) - beyond(bytes);
  const take = (clientId: string, sizeBytes: number): boolean => {
    const queue = queues.get(clientId) ?? { messages: 0, bytes: 0 };
    const fits = sharedBytes + over(queue.bytes, sizeBytes) <= limits.queuedBytesMax;
    if (queue.messages >= limits.queuedMessagesMax || !fits) {
      notQueued += 1;
      return false;
    }
    sharedBytes += over(queue.bytes, sizeBytes);
    queues.set(clientId, { messages: queue.messages + 1, bytes: queue.bytes + sizeBytes });
    return true;
  };
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);
  persistence.outgoingEnqueueCombi = (sessions, packet) => {
    if (sessions.length === 0) return nothingToDo;
    const sizeBytes = packet.payload.length + overheadBytes;
    const taken = sessions.filter(({ clientId }) => take(clientId, sizeBytes));
    return enqueue(taken, { ...packet, payload: Buffer.from(packet.payload) });
  };

  const clear = persistence.outgoingClearMessageId.bind(persistence);
  persistence.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const queue = queues.get(client.id);
    if (cleared === undefined || queue === undefined) return cleared;
    // What is cleared may be a PUBREL by now, without the payload it stands for: the average of the queue leaves.
    const share = queue.bytes / queue.messages;
    sharedBytes += over(queue.bytes, -share);
    if (queue.messages === 1) queues.delete(client.id);
    else queues.set(client.id, { messages: queue.messages - 1, bytes: queue.bytes - share });
    return cleared;
  };
  return () => ({ notQueued });
};

const nothingToDo = Promise.resolve();
