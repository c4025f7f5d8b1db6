/** Limits of the fuzzed server: small, so that all of them are met. */
import type { ListenerLimits } from '@plenum/mqtt';

export const packetBytesMax = 4096;

export const limits: Partial<ListenerLimits> = {
  packetBytesMax,
  holdMsMax: 10_000,
  unsentBytesMax: 64 * 1024,
  filtersMax: 20,
  receiveMaximum: 20,
  windowMax: 10,
  topicAliasMaximum: 8,
  sessionExpiryMs: 60_000,
  sessionsMax: 20,
  queuedMessagesMax: 60,
  queuedBytesMax: 16 * 1024,
  queuedBytesShare: 1024,
  inMemoryBytesMax: 64 * 1024,
  retainedBytesMax: 16 * 1024,
};
