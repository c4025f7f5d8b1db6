/**
 * Which MQTT clients are connected. Several bridges observe them, and what they say may come late, so the row is the same in
 * whatever order events come and however often.
 *
 * The row shows one connection: the one that began last. What is said about an earlier one changes nothing of it. A bridge that
 * died said no more; another one that has the session then says that the client's connections until that time are gone. A
 * packet after that time shows that this one is not.
 */
import { isEvent } from '@plenum/event';
import { defineFold, defineProjection, isLater, type Recorded } from '@plenum/read-model';
import { presenceTopic } from '../topics.ts';
import { type Connection, connectionIn, connectionOf, newest, type Said } from './connection.ts';
import {
  ClientConnected,
  type ClientConnectedData,
  ClientDisconnected,
  type ClientDisconnectedData,
  ClientSeen,
  type ClientSeenData,
} from './presence-events.ts';
import { type PresenceRow, presenceTable } from './presence-table.ts';

type Place = Pick<PresenceRow, 'event_id' | 'log_partition' | 'log_offset' | 'event_time'>;
type Entry = Place & Said;

export const devicePresence = defineFold<Entry, PresenceRow>({
  table: presenceTable,
  keyOf: ({ data: { client_id } }) => ({ client_id }),
  fold: (row, said) => ({
    ...latestPlace(row, said),
    client_id: said.data.client_id,
    ...shown({
      connection: newest(connectionOf(row), connectionIn(said)),
      seenUs: later(row?.last_seen, seenIn(said)),
      goneUs: later(row?.gone_time, goneIn(said)),
    }),
  }),
});

/** What the row was last changed by: the event with the greatest (effective time, id). */
const latestPlace = (row: Place | undefined, said: Place): Place => {
  const before = row && { timeUs: row.event_time, id: row.event_id };
  const place = row === undefined || isLater({ timeUs: said.event_time, id: said.event_id }, before) ? said : row;
  const { event_id, log_partition, log_offset, event_time } = place;
  return { event_id, log_partition, log_offset, event_time };
};

const later = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

const seenIn = (said: Said): number | undefined =>
  said.what === 'connected' ? said.data.connected_time : later(said.data.connected_time, said.data.last_packet_time);

const goneIn = (said: Said): number | undefined =>
  said.what === 'disconnected' && connectionIn(said) === undefined ? said.data.disconnected_time : undefined;

type Known = {
  readonly connection: Connection | undefined;
  /** The last packet of any of its connections. */
  readonly seenUs: number | undefined;
  readonly goneUs: number | undefined;
};

const shown = ({ connection, seenUs, goneUs }: Known): Omit<PresenceRow, keyof Place | 'client_id'> => {
  const isGone = goneUs !== undefined && (seenUs === undefined || goneUs >= seenUs);
  const gone = isGone ? { timeUs: goneUs, reason: 'server-gone' } : undefined;
  const end = connection?.end ?? gone;
  return {
    connected: connection !== undefined && end === undefined,
    since: connection?.since,
    replica: connection?.replica,
    connection_id: connection?.id,
    last_seen: seenUs,
    disconnected_at: end?.timeUs,
    reason: end?.reason,
    protocol: connection?.details?.protocol,
    user_name: connection?.details?.user_name,
    keepalive_s: connection?.details?.keepalive_s,
    connected_event: connection?.details?.event,
    ended_event: connection?.end?.event,
    gone_time: goneUs,
  };
};

const entry = ({ event, partition, offset }: Recorded): Entry | undefined => {
  const place = {
    event_id: event.id,
    log_partition: partition,
    log_offset: offset,
    event_time: event.effectiveTimeUs,
  };
  if (isEvent<ClientConnectedData>(ClientConnected, event)) return { ...place, what: 'connected', data: event.data };
  if (isEvent<ClientSeenData>(ClientSeen, event)) return { ...place, what: 'seen', data: event.data };
  if (!isEvent<ClientDisconnectedData>(ClientDisconnected, event)) return undefined;
  return { ...place, what: 'disconnected', data: event.data };
};

export const presenceProjection = defineProjection<Entry>({
  name: 'device_presence',
  version: 1,
  about: 'MQTT clients: which are connected, since when, and where.',
  topics: [presenceTopic.name],
  entry,
  folds: [devicePresence],
});
