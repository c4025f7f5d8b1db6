/** What is known of one connection, and how two things that are said of a client's connections become one. */
import { isLater } from '@plenum/read-model';
import type { ClientConnectedData, ClientDisconnectedData, ClientSeenData } from './presence-events.ts';
import type { PresenceRow } from './presence-table.ts';

/** One event about a client, with its id. */
export type Said = { readonly event_id: string } & (
  | { readonly what: 'connected'; readonly data: ClientConnectedData }
  | { readonly what: 'seen'; readonly data: ClientSeenData }
  | { readonly what: 'disconnected'; readonly data: ClientDisconnectedData }
);

export type Connection = {
  readonly since: number;
  readonly id: string;
  readonly replica: string;
  /** `undefined` until the event comes that says them. */
  readonly details: Details | undefined;
  /** `undefined` as long as nobody said that it ended. */
  readonly end: End | undefined;
};

type Details = { readonly event: string } & Pick<ClientConnectedData, 'protocol' | 'user_name' | 'keepalive_s'>;
type End = { readonly event: string; readonly timeUs: number; readonly reason: string };

/** `undefined` of what is said about no connection by itself. */
export const connectionIn = (said: Said): Connection | undefined => {
  const { connection_id: id, connected_time: since, replica } = said.data;
  if (id === undefined || since === undefined) return undefined;
  return { since, id, replica, details: detailsIn(said), end: endIn(said) };
};

const detailsIn = ({ event_id: event, ...said }: Said): Details | undefined => {
  if (said.what !== 'connected') return undefined;
  const { protocol, user_name, keepalive_s } = said.data;
  return { event, protocol, user_name, keepalive_s };
};

const endIn = ({ event_id: event, ...said }: Said): End | undefined =>
  said.what === 'disconnected' ? { event, timeUs: said.data.disconnected_time, reason: said.data.reason } : undefined;

/** As `rowOf` wrote it. */
export const connectionOf = (row: PresenceRow | undefined): Connection | undefined => {
  if (row?.since === undefined || row.connection_id === undefined) return undefined;
  const { since, connection_id: id, replica = '', connected_event, protocol = '', user_name, keepalive_s = 0 } = row;
  const { ended_event, disconnected_at: timeUs, reason = '' } = row;
  return {
    ...{ since, id, replica },
    details: connected_event === undefined ? undefined : { event: connected_event, protocol, user_name, keepalive_s },
    end: ended_event === undefined || timeUs === undefined ? undefined : { event: ended_event, timeUs, reason },
  };
};

/** The one that began last; what is said of one and the same is put together. The order of the two does not matter. */
export const newest = (one: Connection | undefined, other: Connection | undefined): Connection | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.id !== other.id || one.since !== other.since) {
    return isLater({ timeUs: one.since, id: one.id }, { timeUs: other.since, id: other.id }) ? one : other;
  }
  return { ...one, details: greaterDetails(one.details, other.details), end: laterEnd(one.end, other.end) };
};

const greaterDetails = (one: Details | undefined, other: Details | undefined): Details | undefined =>
  one === undefined || other === undefined ? (one ?? other) : other.event > one.event ? other : one;

const laterEnd = (one: End | undefined, other: End | undefined): End | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return isLater({ timeUs: other.timeUs, id: other.event }, { timeUs: one.timeUs, id: one.event }) ? other : one;
};
