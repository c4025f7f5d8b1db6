/**
 * What one answer holds of one partition: batches, of which those count that are neither markers nor of a transaction
 * that was given up. Records are not looked at before somebody wants them.
 */
import { DamagedBatch, damageIn } from '../batch/damaged.ts';
import { type BatchHead, bytesOf, readHead, throwIfDamaged } from './batch-head.ts';
import { readLength, readVarint } from './cursor.ts';

export type RecordSet = {
  /** Topic and partition, for people. */
  readonly where: string;
  /** In order. */
  readonly batches: readonly BatchHead[];
  /** Of the last whole batch, whether it counts or not; nothing when there is none. */
  readonly lastOffset: bigint | undefined;
};

/** A transaction that was given up: what this producer wrote from there on, up to the marker that says so. */
export type Aborted = { readonly producerId: bigint; readonly firstOffset: bigint };

/** @throws DamagedBatch when the bytes are no batches in order. */
export const readRecordSet = (where: string, bytes: Buffer, aborted: readonly Aborted[]): RecordSet => {
  try {
    return { where, ...readBatches(bytes, countingBatches(aborted)) };
  } catch (error) {
    throw damageIn(where, error);
  }
};

const readBatches = (bytes: Buffer, counts: (head: BatchHead) => boolean): Omit<RecordSet, 'where'> => {
  const batches: BatchHead[] = [];
  let lastOffset: bigint | undefined;
  for (let at = 0; at < bytes.length; ) {
    const head = readHead(bytes, at);
    if (head === undefined) break;
    const { firstOffset } = head;
    if (head.lastOffset < firstOffset || (lastOffset !== undefined && firstOffset <= lastOffset)) {
      throw new DamagedBatch(`a batch from ${firstOffset} to ${head.lastOffset} follows ${lastOffset ?? 'none'}`);
    }
    if (counts(head)) batches.push(head);
    lastOffset = head.lastOffset;
    at += bytesOf(head);
  }
  return { batches, lastOffset };
};

/**
 * As Kafka's own consumer does it. kafkajs begins with one given-up transaction for every record, so that it shows what
 * belongs to the second of two that begin before what it reads.
 */
const countingBatches = (aborted: readonly Aborted[]): ((head: BatchHead) => boolean) => {
  const ahead = aborted.toSorted((one, other) => (one.firstOffset < other.firstOffset ? -1 : 1));
  const givenUp = new Set<bigint>();
  return (head) => {
    while (ahead[0] !== undefined && ahead[0].firstOffset <= head.lastOffset) {
      givenUp.add(ahead[0].producerId);
      ahead.shift();
    }
    if (head.control) {
      if (givenUp.has(head.producerId) && endsInVain(head)) givenUp.delete(head.producerId);
      return false;
    }
    return !(head.transactional && givenUp.has(head.producerId));
  };
};

const versionBytes = 2;
const abortMarker = 0;

/** Whether it is the marker of a transaction that was given up. The key of a marker is two numbers: version and kind. */
const endsInVain = (head: BatchHead): boolean => {
  if (head.count < 1) return false;
  throwIfDamaged(head);
  const cursor = { bytes: head.records, at: 0 };
  const end = readVarint(cursor) + cursor.at;
  cursor.at += 1; // Attributes, which no record has.
  readVarint(cursor);
  readVarint(cursor);
  const length = readLength(cursor, Math.min(end, head.records.length));
  if (length === undefined || length < 2 * versionBytes) {
    throw new DamagedBatch(`the marker at ${head.firstOffset} does not say what it marks`);
  }
  return head.records.readInt16BE(cursor.at + versionBytes) === abortMarker;
};
