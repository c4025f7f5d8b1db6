import { type Event, isEvent } from '@plenum/event';
import { defineFold, defineProjection, defineTable, provenance, type Recorded, type RowOf } from '@plenum/read-model';
import {
  MessageQuarantined,
  type MessageQuarantinedData,
  MessagesDiscarded,
  type MessagesDiscardedData,
} from './events.ts';
import { quarantineTopic } from './topics.ts';

/** A message that was refused, or, without a payload, several of which only the count was kept. */
export const quarantine = defineTable({
  name: 'quarantine',
  about: 'Messages that could not be understood, with the reason.',
  columns: {
    ...provenance,
    recorded_time: { type: 'timestamptz', about: 'When it was refused.' },
    client_id: { type: 'text', about: 'Who sent it.' },
    topic: { type: 'text', about: 'The MQTT topic.' },
    code: { type: 'text', about: 'Why, for machines.' },
    detail: { type: 'text', about: 'Why, for people.' },
    node_id: { type: 'text', nullable: true, about: 'The node the topic names.' },
    sensor_id: { type: 'text', nullable: true, about: 'The sensor the topic names.' },
    messages: { type: 'bigint', about: 'One, or how many were only counted.' },
    payload: {
      type: 'bytea',
      nullable: true,
      about: 'As received (its start, if it was oversized); none if only counted.',
    },
    payload_length: { type: 'bigint', about: 'Bytes received.' },
    payload_sha256: { type: 'text', nullable: true, about: 'Of all bytes received.' },
  },
  key: ['recorded_time', 'event_id'],
  indexes: [
    ['node_id', 'recorded_time'],
    ['client_id', 'recorded_time'],
  ],
});

export type QuarantineRow = RowOf<typeof quarantine>;

/** Refusals of one client for one reason. */
export const countsTable = defineTable({
  name: 'quarantine_counts',
  about: 'Refused messages counted by client and reason, those without kept bytes included.',
  columns: {
    ...provenance,
    client_id: { type: 'text', about: 'Who sent them.' },
    code: { type: 'text', about: 'Why.' },
    messages: { type: 'bigint', about: 'How many.' },
    bytes: { type: 'bigint', about: 'Their payloads together.' },
    first_time: { type: 'timestamptz', about: 'The first was refused then.' },
    last_time: { type: 'timestamptz', about: 'The last was refused then.' },
  },
  key: ['client_id', 'code'],
});

export type QuarantineCountsRow = RowOf<typeof countsTable>;

export const quarantineCounts = defineFold<QuarantineRow, QuarantineCountsRow>({
  table: countsTable,
  keyOf: ({ client_id, code }) => ({ client_id, code }),
  fold: (row, refused) => ({
    event_id: refused.event_id,
    client_id: refused.client_id,
    code: refused.code,
    messages: (row?.messages ?? 0n) + refused.messages,
    bytes: (row?.bytes ?? 0n) + refused.payload_length,
    first_time: Math.min(row?.first_time ?? refused.recorded_time, refused.recorded_time),
    last_time: Math.max(row?.last_time ?? refused.recorded_time, refused.recorded_time),
    log_partition: refused.log_partition,
    log_offset: refused.log_offset,
  }),
});

/** Everything that the bridge refused. */
export const quarantineProjection = defineProjection<QuarantineRow>({
  name: 'quarantine',
  version: 1,
  about: 'Messages that could not be understood: each with its reason, and counts by client.',
  topics: [quarantineTopic.name],
  entry: (recorded) => {
    const refused = refusedBy(recorded.event);
    return refused && { ...refused, ...placeOf(recorded) };
  },
  ledger: quarantine,
  folds: [quarantineCounts],
});

const placeOf = ({ event, partition, offset }: Recorded) => ({
  event_id: event.id,
  recorded_time: event.recordedTimeUs,
  log_partition: partition,
  log_offset: offset,
});

type Refused = Omit<QuarantineRow, keyof ReturnType<typeof placeOf>>;

const refusedBy = (event: Event): Refused | undefined => {
  if (isEvent<MessageQuarantinedData>(MessageQuarantined, event)) {
    const { data } = event;
    return {
      client_id: data.client_id,
      topic: data.topic,
      code: data.code,
      detail: data.detail,
      node_id: data.node_id,
      sensor_id: data.sensor_id,
      messages: 1n,
      payload: data.payload,
      payload_length: BigInt(data.payload_length),
      payload_sha256: data.payload_sha256,
    };
  }
  if (isEvent<MessagesDiscardedData>(MessagesDiscarded, event)) {
    const { data } = event;
    return {
      client_id: data.client_id,
      topic: data.topic,
      code: data.code,
      detail: 'the sender was beyond its budget for unreadable messages: counted, not kept',
      node_id: undefined,
      sensor_id: undefined,
      messages: BigInt(data.messages),
      payload: undefined,
      payload_length: BigInt(data.bytes),
      payload_sha256: undefined,
    };
  }
  return undefined;
};
