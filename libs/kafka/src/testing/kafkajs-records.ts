import type { Headers, LogRecord } from '@plenum/runtime';
import type { IHeaders, KafkaMessage } from 'kafkajs';

/** What kafkajs decodes, in the log port's form: what our own decoding is compared with. */
export const toRecord = ({ offset, timestamp, key, value, headers }: KafkaMessage): LogRecord => ({
  offset: BigInt(offset),
  timestampMs: Number(timestamp),
  key: key === null ? '' : key.toString(),
  value: value ?? empty,
  headers: headers === undefined ? none : toHeaders(headers),
});

const empty = new Uint8Array(0);
const none: Headers = {};

/**
 * kafkajs collects a header that comes twice in an array, and takes what every object inherits (`constructor`,
 * `__proto__`) for a first one. The last of the bytes counts.
 */
const toHeaders = (headers: IHeaders): Headers => {
  const found: [string, string][] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (Buffer.isBuffer(last)) found.push([name, last.toString()]);
    else if (typeof last === 'string') found.push([name, last]);
  }
  return Object.fromEntries(found);
};
