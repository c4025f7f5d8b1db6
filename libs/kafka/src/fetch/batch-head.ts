/** What stands before the records of a batch (format 2), as it lies in Kafka's log. */
import { crc32C } from '../batch/crc-32c.ts';
import { DamagedBatch } from '../batch/damaged.ts';

export type BatchHead = {
  readonly firstOffset: bigint;
  /** Also when its record is gone: nothing up to here is in any other batch. */
  readonly lastOffset: bigint;
  /** How its records are compressed, as Kafka numbers it; none is 0. */
  readonly compression: number;
  /** The broker's own time, which then is that of every record. */
  readonly appendTime: boolean;
  readonly transactional: boolean;
  /** Of markers that end transactions. */
  readonly control: boolean;
  readonly firstMs: number;
  readonly maxMs: number;
  readonly producerId: bigint;
  readonly count: number;
  /** As they lie there, compressed or not. */
  readonly records: Buffer;
  /** All that the checksum covers, which is `crc` if nothing is damaged. */
  readonly checked: Buffer;
  readonly crc: number;
};

const headBytes = 61;
/** What the length field does not count: the first offset and itself. */
const lengthFrom = 12;
const crcFrom = 21;
/** At the same offset in every format. */
const formatAt = 16;
const format = 2;

/**
 * The batch that begins here. Nothing when it does not end: an answer is cut where its bytes are used up.
 * @throws DamagedBatch when it is no batch, or one of the formats before Kafka 0.11, which have no headers.
 */
export const readHead = (bytes: Buffer, at: number): BatchHead | undefined => {
  if (bytes.length - at <= formatAt) return undefined;
  const firstOffset = bytes.readBigInt64BE(at);
  const found = bytes.readInt8(at + formatAt);
  if (found !== format) throw new DamagedBatch(`the batch at ${firstOffset} is of format ${found}, not ${format}`);
  if (bytes.length - at < headBytes) return undefined;
  const length = bytes.readInt32BE(at + 8);
  if (length < headBytes - lengthFrom) throw new DamagedBatch(`the batch at ${firstOffset} is ${length} bytes long`);
  const end = at + lengthFrom + length;
  if (end > bytes.length) return undefined;
  const attributes = bytes.readInt16BE(at + 21);
  return {
    firstOffset,
    lastOffset: firstOffset + BigInt(bytes.readInt32BE(at + 23)),
    compression: attributes & 0x07,
    appendTime: (attributes & 0x08) !== 0,
    transactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) !== 0,
    firstMs: Number(bytes.readBigInt64BE(at + 27)),
    maxMs: Number(bytes.readBigInt64BE(at + 35)),
    producerId: bytes.readBigInt64BE(at + 43),
    count: bytes.readInt32BE(at + 57),
    records: bytes.subarray(at + headBytes, end),
    checked: bytes.subarray(at + crcFrom, end),
    crc: bytes.readUInt32BE(at + 17),
  };
};

/** How far it is to the next one. */
export const bytesOf = ({ checked }: BatchHead): number => crcFrom + checked.length;

/** kafkajs does not look at it. @throws DamagedBatch */
export const throwIfDamaged = ({ firstOffset, checked, crc }: BatchHead): void => {
  if (crc32C(checked) !== crc) throw new DamagedBatch(`the batch at ${firstOffset} does not have its checksum`);
};
