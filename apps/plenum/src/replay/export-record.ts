/** One record of the log as a JSON line that people and programs can read. */
import type { Known, LogRecord, TopicPartition } from '@plenum/runtime';

/**
 * Bytes are base64 and 64-bit numbers text: JSON has neither. A record that nobody can read keeps its bytes, and the
 * reason stands beside them.
 */
export const exportedRecord = ({ topic, partition }: TopicPartition, record: LogRecord, known: Known): string => {
  const { offset, timestampMs, key, headers, value } = record;
  const place = { topic, partition, offset: String(offset), timestamp: new Date(timestampMs).toISOString() };
  const said =
    known.outcome === 'event'
      ? { event: known.event.data }
      : { undecodable: known.reason, value: Buffer.from(value).toString('base64') };
  return `${JSON.stringify({ ...place, key, headers, ...said }, inJson)}\n`;
};

/** Asks the object itself: a Buffer has turned into something else by the time its value is handed over. */
function inJson(this: unknown, name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  const held = (this as Record<string, unknown>)[name]; // JSON.stringify calls this on the object that has the field.
  return held instanceof Uint8Array ? Buffer.from(held).toString('base64') : value;
}
