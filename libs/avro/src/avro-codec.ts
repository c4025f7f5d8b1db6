import {
  type Event,
  type EventDefinition,
  formatTimeUs,
  readTimeUs,
  readUserProperties,
  type Trace,
  type UserProperties,
  upcast,
  userPropertiesHeader,
  userPropertiesText,
} from '@plenum/event';
import {
  type Decoded,
  decisionHeaders,
  decisionOf,
  type EventCodec,
  type Headers,
  type LogRecord,
  type NewRecord,
  type SchemaIds,
} from '@plenum/runtime';
import { type AvroType, avroType, prefixLength } from './avro-type.ts';
import { fingerprintIds } from './schema-ids.ts';

/**
 * Events as Confluent wire format with CloudEvents 1.0 binary-mode headers. The body is the same bytes on every
 * log; what the ids in front of it mean is `ids`' business.
 */
export const avroCodec = (
  definitions: readonly EventDefinition<never>[],
  ids: SchemaIds = fingerprintIds(definitions),
): EventCodec => {
  const writers = new Map(definitions.map((definition) => [definition.type, writerOf(definition, ids)]));
  const readers = new Map<number, Reader>();
  const readerOf = (id: number): Reader | undefined => readers.get(id) ?? newReader(id);
  const newReader = (id: number): Reader | undefined => {
    const found = ids.versionOf(id);
    const schema = found?.definition.schemas[found.version - 1];
    if (found === undefined || schema === undefined) return undefined;
    const reader = { ...found, type: avroType(schema, found.writer) };
    readers.set(id, reader);
    return reader;
  };

  return {
    encode: (event) => {
      const write = writers.get(event.type);
      if (write === undefined) throw new Error(`${event.type} is not in the catalogue`);
      return write(event);
    },
    decode: (record) => {
      const bytes = bufferOf(record.value);
      if (bytes.length < prefixLength || bytes[0] !== 0) return undecodable('not in the Confluent wire format');
      const id = bytes.readUInt32BE(1);
      const reader = readerOf(id);
      return reader === undefined ? { outcome: 'unknown-schema', schemaId: id } : read(reader, bytes, record);
    },
    learn: ids.learn,
  };
};

type Reader = { readonly definition: EventDefinition<never>; readonly version: number; readonly type: AvroType };

const writerOf = (definition: EventDefinition<never>, ids: SchemaIds): ((event: Event) => NewRecord) => {
  const version = definition.schemas.length;
  const newest = definition.schemas[version - 1];
  if (newest === undefined) throw new Error(`${definition.type} has no schema`);
  const type = avroType(newest);
  const id = ids.idOf(definition, version);
  return (event) => ({
    topic: definition.topic,
    // The event's type says that its data are this definition's; the list of definitions has forgotten which.
    key: definition.key(event.data as never),
    value: type.encode(id, event.data),
    headers: headersOf(event),
    timestampMs: Math.floor(event.recordedTimeUs / 1000),
  });
};

const headersOf = ({ id, type, source, effectiveTimeUs, trace, decision, userProperties }: Event): Headers => {
  const headers = {
    ce_specversion: '1.0',
    ce_type: type,
    ce_source: source,
    ce_id: id,
    ce_time: formatTimeUs(effectiveTimeUs),
    'content-type': 'application/avro',
  };
  // Most of what devices report has none of these, and there is most of it.
  if (trace === undefined && decision === undefined && userProperties === undefined) return headers;
  return {
    ...headers,
    ...(decision && decisionHeaders(decision)),
    ...(trace && traceHeaders(trace)),
    ...(userProperties && { [userPropertiesHeader]: userPropertiesText(userProperties) }),
  };
};

const traceHeaders = ({ traceparent, correlationId, causationId }: Trace): Headers => ({
  ...(traceparent === undefined ? {} : { traceparent }),
  ...(correlationId === undefined ? {} : { ce_correlationid: correlationId }),
  ...(causationId === undefined ? {} : { ce_causationid: causationId }),
});

const read = ({ definition, version, type }: Reader, bytes: Buffer, record: LogRecord): Decoded => {
  const { ce_id: id, ce_source: source, ce_time: time } = record.headers;
  const effectiveTimeUs = time === undefined ? undefined : readTimeUs(time);
  if (id === undefined || source === undefined || effectiveTimeUs === undefined) {
    return undecodable('the CloudEvents headers ce_id, ce_source and ce_time are missing or unreadable');
  }
  const trace = traceOf(record.headers);
  const decision = decisionOf(record.headers);
  if (decision === 'unreadable') return undecodable('ce_stream, ce_streamversion and ce_commandid do not fit together');
  const userProperties = userPropertiesOf(record.headers);
  if (userProperties === 'unreadable') return undecodable(`${userPropertiesHeader} is not a JSON array of pairs`);
  try {
    const data = upcast(definition, version, type.decode(bytes));
    const recordedTimeUs = record.timestampMs * 1000;
    const event: Event = { id, type: definition.type, source, effectiveTimeUs, recordedTimeUs, data };
    if (trace === undefined && decision === undefined && userProperties === undefined)
      return { outcome: 'event', event };
    const tied = { ...(trace && { trace }), ...(decision && { decision }), ...(userProperties && { userProperties }) };
    return { outcome: 'event', event: { ...event, ...tied } };
  } catch (error) {
    return undecodable(`not ${definition.type} v${version}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const traceOf = ({ traceparent, ce_correlationid, ce_causationid }: Headers): Trace | undefined =>
  traceparent === undefined && ce_correlationid === undefined && ce_causationid === undefined
    ? undefined
    : {
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(ce_correlationid === undefined ? {} : { correlationId: ce_correlationid }),
        ...(ce_causationid === undefined ? {} : { causationId: ce_causationid }),
      };

const userPropertiesOf = ({ [userPropertiesHeader]: text }: Headers): UserProperties | 'unreadable' | undefined =>
  text === undefined ? undefined : readUserProperties(text);

const undecodable = (reason: string): Decoded => ({ outcome: 'undecodable', reason });

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
