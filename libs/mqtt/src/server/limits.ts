/** How much the MQTT listener takes from a client, and how long it waits for one. */
export type ListenerLimits = {
  /** The largest MQTT packet. A larger PUBLISH is quarantined by its length, digest and beginning. */
  readonly packetBytesMax: number;
  /** The longest a message is held for the log; half the client's keepalive when that is shorter. */
  readonly holdMsMax: number;
  /** From accepting a socket to its whole CONNECT. */
  readonly connectTimeoutMs: number;
  /** What a subscriber may leave untaken before it is closed; a quarter of it before QoS 0 is no longer delivered. */
  readonly unsentBytesMax: number;
  /** A subscriber that takes nothing for so long, though something waits for it, is closed. */
  readonly stalledMs: number;
  readonly connectionsMax: number;
  /** Messages that a client may publish where it may not before its connection ends, and within which time. */
  readonly deniedMax: number;
  readonly deniedWithinMs: number;
  /** Topic filters of one session. */
  readonly filtersMax: number;
  /** Levels of a topic or a filter. */
  readonly topicLevelsMax: number;
  /** How long `close` waits for the log to take what is in hand. */
  readonly drainTimeoutMs: number;
  /** Messages of QoS 1 and 2 that a client may send before the first of them is acknowledged (MQTT 5, 3.2.2.3.3). */
  readonly receiveMaximum: number;
  /** Messages of QoS 1 and 2 on their way to a client; fewer when it says so. */
  readonly windowMax: number;
  /** Topic aliases of a client (MQTT 5, 3.2.2.3.8). */
  readonly topicAliasMaximum: number;
  /** The longest keepalive, in seconds; 0: any, and none at all. MQTT 5 clients hear of it, others have to keep it. */
  readonly keepAliveMaxS: number;
  /** The longest that a session is kept after its client was there, and how long it is in MQTT 3.1.1. */
  readonly sessionExpiryMs: number;
  readonly sessionsMax: number;
  /** Messages that wait in one session, and their bytes. */
  readonly queuedMessagesMax: number;
  readonly queuedBytesMax: number;
  /** So many bytes a session may have waiting here whatever others leave lying. */
  readonly queuedBytesShare: number;
  /** Bytes of all messages that wait for clients that are connected here. */
  readonly inMemoryBytesMax: number;
  readonly retainedBytesMax: number;
  /** Wills of clients that a server's end has cut off wait at least so long for them to come back. */
  readonly willGraceMs: number;
};

export const defaultListenerLimits: ListenerLimits = {
  packetBytesMax: 256 * 1024,
  holdMsMax: 10_000,
  connectTimeoutMs: 10_000,
  unsentBytesMax: 4 * 1024 * 1024,
  stalledMs: 10_000,
  connectionsMax: 10_000,
  deniedMax: 10,
  deniedWithinMs: 60_000,
  filtersMax: 1000,
  topicLevelsMax: 16,
  drainTimeoutMs: 10_000,
  receiveMaximum: 1000,
  windowMax: 100,
  topicAliasMaximum: 64,
  keepAliveMaxS: 0,
  sessionExpiryMs: 7 * 24 * 60 * 60 * 1000,
  sessionsMax: 100_000,
  queuedMessagesMax: 1000,
  queuedBytesMax: 1024 * 1024,
  queuedBytesShare: 4 * 1024,
  inMemoryBytesMax: 16 * 1024 * 1024,
  retainedBytesMax: 16 * 1024 * 1024,
  willGraceMs: 30_000,
};
