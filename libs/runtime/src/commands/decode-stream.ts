import type { Event, StreamId } from '@plenum/event';
import { decodeAll, type EventCodec } from '../event-codec.ts';
import type { LogRecord } from '../log.ts';

/**
 * A stream's records as its events: for stores.
 * @throws TransientFailure while a schema id cannot be asked about; an error when a record cannot be read.
 */
export const decodeStream = async (
  codec: EventCodec,
  stream: StreamId,
  records: readonly LogRecord[],
): Promise<readonly Event[]> => {
  const read = await decodeAll(codec, records);
  return read.map(({ known }) => {
    if (known.outcome === 'undecodable') throw new Error(`an event of ${stream} cannot be read: ${known.reason}`);
    return known.event;
  });
};

/** The topic and the key that all of a stream's records have. @throws when they differ: the log would not keep their order. */
export const placeOfStream = (
  stream: StreamId,
  records: readonly { readonly topic: string; readonly key: string }[],
): { readonly topic: string; readonly key: string } | undefined => {
  const [first] = records;
  for (const { topic, key } of records) {
    if (topic === first?.topic && key === first.key) continue;
    throw new Error(
      `the events of ${stream} are of ${first?.topic} ${first?.key} and of ${topic} ${key}: one place only`,
    );
  }
  return first && { topic: first.topic, key: first.key };
};
