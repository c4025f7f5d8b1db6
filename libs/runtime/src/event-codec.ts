import type { Event } from '@plenum/event';
import type { LogRecord, NewRecord } from './log.ts';

/** Between events and the bytes the log keeps: Confluent wire format and CloudEvents 1.0 binary-mode headers. */
export type EventCodec = {
  /** @throws when the event's data do not fit its schema: a bug in the code that made it. */
  encode(event: Event): NewRecord;
  /** Total: bytes nobody can read come back as such, with the reason. Data are in today's shape. */
  decode(record: LogRecord): Decoded;
  /**
   * Asks what a schema id means that `decode` met and did not know. True: decode again. False: nobody knows it.
   * @throws TransientFailure while the registry that could know is away.
   */
  learn(schemaId: number): Promise<boolean>;
};

export type Decoded =
  | { readonly outcome: 'event'; readonly event: Event }
  | { readonly outcome: 'undecodable'; readonly reason: string }
  /** Written by a newer version of us, or nonsense: `decodeAll` finds out which. */
  | { readonly outcome: 'unknown-schema'; readonly schemaId: number };

/** What a record turned out to be once every schema id was asked about. */
export type Known = Exclude<Decoded, { readonly outcome: 'unknown-schema' }>;

export type Read = { readonly record: LogRecord; readonly known: Known };

/** Decodes records, learning schema ids on the way. @throws TransientFailure while a schema id cannot be asked about. */
export const decodeAll = async (codec: EventCodec, records: readonly LogRecord[]): Promise<readonly Read[]> => {
  const read: Read[] = [];
  for (const record of records) {
    const decoded = codec.decode(record);
    read.push({ record, known: isKnown(decoded) ? decoded : await afterLearning(codec, record, decoded) });
  }
  return read;
};

export const isKnown = (decoded: Decoded): decoded is Known => decoded.outcome !== 'unknown-schema';

/** What a record turns out to be once its schema id was asked about. @throws TransientFailure while nobody can be asked. */
export const afterLearning = async (
  codec: EventCodec,
  record: LogRecord,
  { schemaId }: Exclude<Decoded, Known>,
): Promise<Known> => {
  const decoded = (await codec.learn(schemaId)) ? codec.decode(record) : undefined;
  return decoded === undefined || !isKnown(decoded)
    ? { outcome: 'undecodable', reason: `schema id ${schemaId} is not known` }
    : decoded;
};
