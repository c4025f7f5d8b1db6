/**
 * What an MQTT server keeps of its clients beyond its own life: sessions, what waits in them, and retained messages. Several
 * servers (replicas) share one store. A session belongs to the server that took it last, under an epoch that grows each time; what
 * another one writes to it after that changes nothing and is answered `lost`. The store knows clients, numbers and bytes; what
 * the bytes say is the server's business. Times are the callers', in milliseconds since 1970.
 *
 * Every promise settles when what it did is durable. Writes of one server are carried out in the order they were asked for,
 * together where they can be: `take` finds what was written before it.
 */

/** A session as one server has it. */
export type SessionRef = { readonly clientId: string; readonly epoch: number };

/** `lost`: somebody else has taken the session, or it has ended. */
export type Written = 'written' | 'lost';

export type TakeSession = {
  readonly clientId: string;
  /** Whatever was kept is thrown away first. */
  readonly clean: boolean;
  /** How long it outlives its connection. 0: it ends with it. Infinity: for ever. */
  readonly expiryMs: number;
  readonly will: KeptWill | undefined;
};

export type TakenSession = SessionRef & {
  /** Something was kept for this client and is not over. */
  readonly present: boolean;
  readonly subscriptions: readonly KeptSubscription[];
  /** In the order of their numbers. */
  readonly waiting: readonly KeptMessage[];
  readonly arrivals: readonly KeptArrival[];
  /** Of the session that a clean one has ended while its client was away: to be published now (MQTT 5, 3.1.3.2.2). */
  readonly endedWill: Uint8Array | undefined;
};

export type KeptSubscription = { readonly filter: string; readonly options: SubscriptionOptions };

export type SubscriptionOptions = {
  readonly qos: 0 | 1 | 2;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionId: number | undefined;
};

/** A message of QoS 1 or 2 on its way to the session's client. */
export type KeptMessage = {
  /** Given by the server; grows within a session, from 1 on. */
  readonly number: number;
  readonly qos: 1 | 2;
  readonly body: Uint8Array;
  readonly expiresAtMs: number | undefined;
  /** The client may have it already. Only read: what was sent follows from `left`, and is unknown when its server died. */
  readonly sent: boolean;
  /** QoS 2: the client has said that it has it (PUBREC). */
  readonly released: boolean;
};

export type NewMessage = Pick<KeptMessage, 'number' | 'qos' | 'body' | 'expiresAtMs'>;

/** A message of QoS 2 that came from the client and was not released by it yet (PUBREL). */
export type KeptArrival = NewArrival & {
  /** It is in the log, and was given to the sessions that subscribe to it: a copy of it is not given to them again. */
  readonly passedOn: boolean;
};

export type NewArrival = {
  readonly packetId: number;
  readonly eventId: string;
  readonly receivedTimeUs: number;
};

/** A message and a session in which it is to wait. */
export type Handover = { readonly session: SessionRef; readonly message: NewMessage };

export type KeptWill = {
  readonly body: Uint8Array;
  /** From the end of the connection on. */
  readonly delayMs: number;
};

/** A session whose server is gone, or that is away, with what a server has to know to queue messages for it. */
export type AdoptedSession = SessionRef & {
  readonly subscriptions: readonly KeptSubscription[];
  /** The highest number that is used, 0 when nothing waits. */
  readonly lastNumber: number;
  readonly waitingMessages: number;
  readonly waitingBytes: number;
  /** When it ends if its client does not come back; Infinity: never. */
  readonly endsAtMs: number;
  /** To be published at its time, unless its client comes back before. */
  readonly will: { readonly body: Uint8Array; readonly dueAtMs: number } | undefined;
};

export type Leave = {
  readonly atMs: number;
  /** MQTT 5 lets a client change it when it goes. */
  readonly expiryMs: number;
  /** Everything up to this number may have reached the client. */
  readonly sentNumber: number;
  /** `undefined`: it is not to be published any more. */
  readonly willDueAtMs: number | undefined;
};

export type RetainedMessage = {
  readonly topic: string;
  readonly body: Uint8Array;
  readonly expiresAtMs: number | undefined;
};

export type Adopted = {
  readonly sessions: readonly AdoptedSession[];
  /** Clients whose sessions have ended with their server. */
  readonly ended: readonly string[];
};

/** What other servers did. A hint: those of a time without connection are lost, so `check` asks for what is certain. */
export type SessionNews =
  | { readonly news: 'lost'; readonly session: SessionRef }
  | { readonly news: 'retained'; readonly topic: string; readonly message: RetainedMessage | undefined }
  /** Some may have been missed. */
  | { readonly news: 'gap' };

export type SessionStore = {
  /** Of this server, unlike any other before or after it. */
  readonly owner: string;
  /**
   * Makes the session this server's. The server that had it is notified.
   * @throws TransientFailure; whether it was taken is unknown then, and it may be tried again.
   */
  take(asked: TakeSession, nowMs: number): Promise<TakenSession>;
  /** In place of those with the same filters. */
  subscribe(session: SessionRef, subscriptions: readonly KeptSubscription[]): Promise<Written>;
  unsubscribe(session: SessionRef, filters: readonly string[]): Promise<Written>;
  /** A message waits. Settles at once when `remove` comes before it was written. */
  enqueue(session: SessionRef, message: NewMessage): Promise<Written>;
  /** QoS 2: the client has it, and will be asked to forget its packet id. */
  release(session: SessionRef, number: number): Promise<Written>;
  /** It waits no longer: acknowledged, expired or dropped. */
  remove(session: SessionRef, number: number): Promise<Written>;
  /** It has come, and is not passed on yet. In place of one with the same packet id. */
  arrive(session: SessionRef, arrival: NewArrival): Promise<Written>;
  /**
   * What has arrived from `session` goes to the sessions that subscribe to it and counts as passed on, all at once or not at all:
   * another server that takes `session` finds that it was passed on, or may do it. What was enqueued before is written before.
   * Answers for each handover, or `lost` when `session` is, and nobody was given anything.
   */
  passOn(
    session: SessionRef,
    arrival: NewArrival,
    handovers: readonly Handover[],
  ): Promise<'lost' | readonly Written[]>;
  /** The client has released it. */
  complete(session: SessionRef, packetId: number): Promise<Written>;
  /** The connection has ended and the session stays, with this server as its owner. */
  leave(session: SessionRef, leave: Leave): Promise<Written>;
  /** The will was published; a session that was only kept for it ends. */
  forgetWill(session: SessionRef): Promise<Written>;
  /** The session ends, with all that is in it. */
  end(session: SessionRef): Promise<Written>;
  /** Those of `sessions` that this server does not have any more. @throws TransientFailure */
  check(sessions: readonly SessionRef[]): Promise<readonly SessionRef[]>;
  /**
   * Takes all sessions whose owner is gone; those that were not to outlive their connection end. Of those that were connected the connection counts as ended now, and their wills are
   * due after their delay, `graceMs` at least: it was not the client that went. @throws TransientFailure
   */
  adopt(nowMs: number, graceMs: number): Promise<Adopted>;
  /**
   * Ends sessions that are away and whose time is over, and beyond `sessionsMax` those that are away the longest; answers
   * which, also those of other servers. Those with a will that is still to be published stay. @throws TransientFailure
   */
  expire(nowMs: number, sessionsMax: number): Promise<readonly SessionRef[]>;
  /** `undefined`: nothing is retained on the topic any more. */
  retain(topic: string, message: Omit<RetainedMessage, 'topic'> | undefined): Promise<void>;
  /** @throws TransientFailure */
  retained(): Promise<readonly RetainedMessage[]>;
  /** Calls back for what other servers do, until the returned call. */
  onNews(listener: (news: SessionNews) => void): () => void;
  /**
   * Finishes what was asked for, and gives up what this server has: what is connected counts as ended by the server, and
   * others adopt it at once.
   */
  close(): Promise<void>;
};
