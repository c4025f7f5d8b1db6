/**
 * A codec for tests that have no business with Avro: the whole event as JSON. Bytes that are not JSON do not decode, and what
 * names a person has to be encrypted, as for any codec.
 */
import { type Event, type EventDefinition, personalValues, recordedBytes } from '@plenum/event';
import { decisionHeaders } from '../commands/decision-headers.ts';
import type { EventCodec } from '../event-codec.ts';

export const jsonCodec = (definitions: readonly EventDefinition<never>[]): EventCodec => {
  const byType = new Map(definitions.map((definition) => [definition.type, definition]));
  return {
    encode: (event) => {
      const definition = byType.get(event.type);
      if (definition === undefined) throw new Error(`${event.type} is not in the catalogue`);
      if (definition.personal !== undefined) {
        for (const [, value] of personalValues(definition.personal, event.data)) recordedBytes(value);
      }
      return {
        topic: definition.topic,
        key: definition.key(event.data as never), // The event's type says that its data are this definition's.
        value: encoder.encode(JSON.stringify(event, bytesAsText)),
        headers: { ce_id: event.id, ce_type: event.type, ...(event.decision && decisionHeaders(event.decision)) },
        timestampMs: Math.floor(event.recordedTimeUs / 1000),
      };
    },
    decode: ({ value }) => {
      try {
        return { outcome: 'event', event: JSON.parse(decoder.decode(value), textAsBytes) as Event };
      } catch (error) {
        return { outcome: 'undecodable', reason: String(error) };
      }
    },
    learn: async () => false,
  };
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { bytes: value.toHex() } : value;
const textAsBytes = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'string'
    ? Uint8Array.fromHex(value.bytes)
    : value;
