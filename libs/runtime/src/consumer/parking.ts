/**
 * Setting records aside: what cannot be taken parks its key, from that record on, and nothing else. The policy is the same
 * for every consumer; where parked records are kept is the store's business.
 */
import type { Read } from '../event-codec.ts';
import type { LogRecord } from '../log.ts';
import type { CheckpointTransaction, ParkedRecord } from './checkpoint-store.ts';
import { parkedUnder } from './parked-under.ts';

/**
 * From which offset on a key is parked, by what it is parked under, and why its first record is. A key parked by an earlier
 * batch has -1.
 */
export type Parking = Map<string, { readonly from: bigint; readonly code: string; readonly reason: string }>;

/** The keys of these records that earlier batches parked. */
export const parkedBefore = async (
  { checkpoint, parkedKeys }: Pick<CheckpointTransaction, 'checkpoint' | 'parkedKeys'>,
  records: readonly LogRecord[],
): Promise<Parking> => {
  // Where nothing has ever been parked, nobody needs to look for parked keys.
  if (checkpoint.counters.parked === 0) return new Map();
  const keys = new Set(records.map(({ key }) => parkedUnder(key)));
  return new Map([...(await parkedKeys([...keys]))].map((key) => [key, { from: -1n, code: '', reason: '' }]));
};

/** Parks the key of a record, unless it is parked from an earlier one on. Adds to `parking`. */
export const parkFrom = (parking: Parking, { key, offset }: LogRecord, code: string, reason: string): void => {
  const name = parkedUnder(key);
  const there = parking.get(name);
  if (there === undefined || there.from > offset) parking.set(name, { from: offset, code, reason });
};

export const parkUndecodable = (parking: Parking, items: readonly Read[]): void => {
  for (const { record, known } of items) {
    if (known.outcome === 'undecodable') parkFrom(parking, record, 'undecodable', known.reason);
  }
};

export const isParked = (parking: Parking, { key, offset }: LogRecord): boolean => {
  if (parking.size === 0) return false;
  const parked = parking.get(parkedUnder(key));
  return parked !== undefined && offset >= parked.from;
};

/** The code of a record that waits for an earlier one of its key. */
const behind = 'behind';

/** Whether a key is parked for this record, and not for an earlier one. */
export const isReason = ({ code }: ParkedRecord): boolean => code !== behind;

export const toParked = (parking: Parking, { record, known }: Read): ParkedRecord => {
  const key = parkedUnder(record.key);
  const parked = parking.get(key);
  const isFirst = parked?.from === record.offset;
  return {
    offset: record.offset,
    key,
    eventId: known.outcome === 'event' ? known.event.id : undefined,
    value: record.value,
    code: isFirst ? parked.code : behind,
    reason: isFirst ? parked.reason : 'An earlier record of the same key is parked.',
  };
};
