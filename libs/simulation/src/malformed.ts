/** Messages that nobody can understand, of every kind that the field has produced. */
import type { RefusalCode } from '@plenum/ceiling';

/** The bytes of a message and where it goes. */
export type Written = { readonly topic: string; readonly payload: Uint8Array };

/** A readable reading, still as fields, with the topic that it belongs on. */
export type Readable = { readonly topic: string; readonly fields: Readonly<Record<string, unknown>> };

type Malformation = { readonly code: RefusalCode; readonly spoil: (readable: Readable) => Written };

const encoder = new TextEncoder();

/** JSON as UTF-8. */
export const bytesOf = (fields: object): Uint8Array => encoder.encode(JSON.stringify(fields));

/** Each with the code that the bridge refuses it with. */
export const malformations: readonly Malformation[] = [
  {
    code: 'not-json', // Cut off on the way.
    spoil: ({ topic, fields }) => ({ topic, payload: bytesOf(fields).subarray(0, -1) }),
  },
  {
    code: 'missing-field',
    spoil: ({ topic, fields: { unit: _, ...rest } }) => ({ topic, payload: bytesOf(rest) }),
  },
  {
    code: 'wrong-type',
    spoil: ({ topic, fields }) => ({ topic, payload: bytesOf({ ...fields, value: String(fields.value) }) }),
  },
  {
    code: 'unknown-value',
    spoil: ({ topic, fields }) => ({ topic, payload: bytesOf({ ...fields, sensor_type: 'radiation' }) }),
  },
  {
    code: 'not-finite', // JSON allows the digits, and no double holds them.
    spoil: ({ topic, fields }) => ({
      topic,
      payload: encoder.encode(JSON.stringify({ ...fields, value: 0 }).replace('"value":0', '"value":1e999')),
    }),
  },
  {
    code: 'unknown-topic',
    spoil: ({ topic, fields }) => ({ topic: topic.replace(/data$/, 'telemetry'), payload: bytesOf(fields) }),
  },
  {
    code: 'not-utf8', // Latin-1, as a serial line sends it.
    spoil: ({ topic, fields }) => {
      const payload = bytesOf({ ...fields, unit: '?C' });
      payload[payload.indexOf('?'.charCodeAt(0))] = 0xb0;
      return { topic, payload };
    },
  },
];
