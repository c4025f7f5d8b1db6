export { device } from './domain.ts';
export { presenceProjection } from './presence/device-presence.ts';
export {
  ClientConnected,
  type ClientConnectedData,
  ClientDisconnected,
  type ClientDisconnectedData,
  ClientSeen,
  type ClientSeenData,
} from './presence/presence-events.ts';
export type { PresenceRow } from './presence/presence-table.ts';
export type { Presence, PresenceAsked, PresenceReads } from './presence/reads.ts';
export { presenceTopic } from './topics.ts';
