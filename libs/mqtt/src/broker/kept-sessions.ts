/**
 * The sessions that clients ask to have kept (`clean session = false`), whether they subscribe or only publish, and bounds
 * on them, for nobody ever gives one up: how many, how many filters they have, and how long they stay while their client
 * is away.
 */
import type { Aedes, Subscription } from 'aedes';
import type { SubscribedFilters } from './subscribed-filters.ts';

type Session = { readonly id: string };
type Packet = { readonly messageId?: number };

/** The part of aedes-persistence 11 that is replaced or called here. */
export type SessionPersistence<P extends Packet> = {
  addSubscriptions(client: Session, subscriptions: readonly Subscription[]): Promise<void>;
  removeSubscriptions(client: Session, filters: readonly string[]): Promise<void>;
  cleanSubscriptions(client: Session): Promise<void>;
  subscriptionsByClient(client: Session): Promise<readonly Subscription[]>;
  cleanIncoming(client: Session): Promise<void>;
  outgoingStream(client: Session): AsyncIterable<P>;
  outgoingClearMessageId(client: Session, packet: P): Promise<P | undefined>;
  outgoingEnqueueCombi(sessions: readonly { readonly clientId: string }[], packet: P): Promise<void>;
};

export type SessionLimits = {
  /** Of sessions that are kept. At least as many as connections: the one that has been away longest is ended for another. */
  readonly sessionsMax: number;
  /** Of filters, of all kept sessions together. */
  readonly sessionFiltersMax: number;
  /** How long a session is kept while its client is away. */
  readonly sessionExpiryMs: number;
};

export type KeptSessions = {
  /** Whether a kept session may have this filter, too. */
  mayHave(clientId: string, filter: string): boolean;
};

export const boundSessions = <P extends Packet>(
  broker: Aedes,
  persistence: SessionPersistence<P>,
  limits: SessionLimits,
  subscribed: SubscribedFilters,
): KeptSessions => {
  const book = sessionBook(limits, subscribed);
  const add = persistence.addSubscriptions.bind(persistence);
  const remove = persistence.removeSubscriptions.bind(persistence);
  const clean = persistence.cleanSubscriptions.bind(persistence);
  const ofClient = persistence.subscriptionsByClient.bind(persistence);
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence);

  const forget = async (id: string): Promise<void> => {
    book.drop(id);
    await clean({ id });
    await persistence.cleanIncoming({ id });
    for await (const packet of persistence.outgoingStream({ id })) {
      await persistence.outgoingClearMessageId({ id }, packet);
    }
  };

  broker.on('client', ({ id, clean }) => {
    if (!clean) book.isBack(id);
  });
  broker.on('clientDisconnect', ({ id }) => book.hasLeft(id));
  persistence.addSubscriptions = async (client, subscriptions) => {
    if (subscriptions.length === 0) return;
    for (const { topic } of subscriptions) book.add(client.id, topic);
    await add(client, subscriptions);
  };
  persistence.removeSubscriptions = (client, filters) => {
    for (const filter of filters) book.remove(client.id, filter);
    return remove(client, filters);
  };
  persistence.cleanSubscriptions = (client) => {
    book.drop(client.id);
    return clean(client);
  };
  // Asked for whenever a client connects that wants its session kept. Aedes takes a session without subscriptions for
  // none and says so in the CONNACK; a client that only publishes would then give up what was not acknowledged to it.
  persistence.subscriptionsByClient = async (client) => {
    if (book.isExpired(client.id)) await forget(client.id);
    if (!book.has(client.id)) {
      const evicted = book.isFull() ? book.longestAway() : undefined;
      book.open(client.id);
      if (evicted !== undefined) await forget(evicted);
      return [];
    }
    const subscriptions = await ofClient(client);
    return subscriptions.length > 0 ? subscriptions : [noSubscription];
  };
  const enqueueUnexpired: typeof enqueue = async (sessions, packet) => {
    for (const { clientId } of sessions) if (book.isExpired(clientId)) await forget(clientId);
    await enqueue(
      sessions.filter(({ clientId }) => book.has(clientId)),
      packet,
    );
  };
  persistence.outgoingEnqueueCombi = (sessions, packet) =>
    sessions.some(({ clientId }) => book.isExpired(clientId))
      ? enqueueUnexpired(sessions, packet)
      : enqueue(sessions, packet);
  return { mayHave: book.mayHave };
};

/** Stands for a session that is there and has no subscriptions. Known by identity, whatever filters clients have. */
const noSubscription: Subscription = Object.freeze({ topic: 'none', qos: 0 });

/** Not a subscription: it must not be granted when Aedes restores it. */
export const standsForNone = (subscription: Subscription): boolean => subscription === noSubscription;

type Kept = { readonly filters: Set<string>; leftMs: number };

/** Who has which filters, and since when who is away. */
const sessionBook = (limits: SessionLimits, subscribed: SubscribedFilters) => {
  const kept = new Map<string, Kept>();
  let filters = 0;
  const drop = (id: string): void => {
    const session = kept.get(id);
    if (session === undefined) return;
    filters -= session.filters.size;
    for (const filter of session.filters) subscribed.remove(filter);
    kept.delete(id);
  };
  const setLeft = (id: string, leftMs: number): void => {
    const session = kept.get(id);
    if (session !== undefined) session.leftMs = leftMs;
  };
  /** It counts as away until its client is in. */
  const open = (id: string): void => {
    kept.set(id, { filters: new Set(), leftMs: performance.now() });
  };
  return {
    has: (id: string): boolean => kept.has(id),
    isFull: (): boolean => kept.size >= limits.sessionsMax,
    mayHave: (id: string, filter: string): boolean =>
      filters < limits.sessionFiltersMax || kept.get(id)?.filters.has(filter) === true,
    isBack: (id: string): void => {
      if (!kept.has(id)) open(id);
      setLeft(id, stillHere);
    },
    hasLeft: (id: string): void => setLeft(id, performance.now()),
    isExpired: (id: string): boolean =>
      (kept.get(id)?.leftMs ?? stillHere) + limits.sessionExpiryMs <= performance.now(),
    /** `undefined` when nobody is away. */
    longestAway: (): string | undefined => {
      let found: string | undefined;
      let leftMs = stillHere;
      for (const [id, session] of kept) {
        if (session.leftMs < leftMs) [found, leftMs] = [id, session.leftMs];
      }
      return found;
    },
    add: (id: string, filter: string): void => {
      const session = kept.get(id);
      if (session === undefined || session.filters.has(filter)) return;
      filters += 1;
      session.filters.add(filter);
      subscribed.add(filter);
    },
    remove: (id: string, filter: string): void => {
      const session = kept.get(id);
      if (!session?.filters.delete(filter)) return;
      filters -= 1;
      subscribed.remove(filter);
    },
    open,
    drop,
  };
};

const stillHere = Number.POSITIVE_INFINITY;
