import type { MemoryLimits } from './memory.ts';

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
  /** Topic filters of one connection. */
  readonly filtersMax: number;
  /** How long `close` waits for the log to take what is in hand. */
  readonly drainTimeoutMs: number;
  readonly memory: MemoryLimits;
};

export const defaultListenerLimits: ListenerLimits = {
  packetBytesMax: 256 * 1024,
  holdMsMax: 10_000,
  connectTimeoutMs: 10_000,
  unsentBytesMax: 4 * 1024 * 1024,
  stalledMs: 10_000,
  connectionsMax: 10_000,
  filtersMax: 1000,
  drainTimeoutMs: 10_000,
  memory: {
    retainedBytesMax: 16 * 1024 * 1024,
    queuedMessagesMax: 1000,
    queuedBytesMax: 16 * 1024 * 1024,
    queuedBytesShare: 4 * 1024,
    sessionsMax: 10_000,
    sessionFiltersMax: 100_000,
    sessionExpiryMs: 7 * 24 * 60 * 60 * 1000,
  },
};
