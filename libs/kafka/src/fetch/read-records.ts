/** The records of one batch, straight in the log port's form. Values stay views into what the broker answered. */
import { type LogRecord, repeatedTexts } from '@plenum/runtime';
import { unpack } from '../batch/codecs.ts';
import { DamagedBatch } from '../batch/damaged.ts';
import { type BatchHead, throwIfDamaged } from './batch-head.ts';
import { type Cursor, readLength, readVarint } from './cursor.ts';
import { readHeaders, readText } from './read-headers.ts';

/** @throws DamagedBatch when they are not what the head says. */
export const readRecords = async (head: BatchHead): Promise<readonly LogRecord[]> => {
  throwIfDamaged(head);
  try {
    const bytes = head.compression === 0 ? head.records : await unpack(head.compression, head.records);
    return recordsIn(bytes, head);
  } catch (error) {
    if (!(error instanceof DamagedBatch)) throw error;
    throw new DamagedBatch(`the batch at ${head.firstOffset} is damaged: ${error.message}`, { cause: error });
  }
};

const recordsIn = (bytes: Buffer, head: BatchHead): readonly LogRecord[] => {
  const { count } = head;
  if (count < 0 || count > bytes.length) throw new DamagedBatch(`${count} records in ${bytes.length} bytes`);
  const cursor = { bytes, at: 0 };
  const records: LogRecord[] = new Array(count);
  for (let index = 0; index < count; index += 1) records[index] = readRecord(cursor, head);
  if (cursor.at !== bytes.length) throw new DamagedBatch('there is something behind its records');
  return records;
};

const empty = new Uint8Array(0);
const keys = repeatedTexts();

const readRecord = (cursor: Cursor, head: BatchHead): LogRecord => {
  const { bytes } = cursor;
  const length = readVarint(cursor);
  const end = cursor.at + length;
  if (length < 0 || end > bytes.length) throw new DamagedBatch('a record is longer than its batch');
  cursor.at += 1; // Attributes, which no record has.
  const sinceFirstMs = readVarint(cursor);
  const offset = head.firstOffset + BigInt(readVarint(cursor));
  if (offset < head.firstOffset || offset > head.lastOffset) throw new DamagedBatch(`${offset} is not in it`);
  const key = readText(cursor, end, keys) ?? '';
  const valueLength = readLength(cursor, end);
  const value = valueLength === undefined ? empty : bytes.subarray(cursor.at, cursor.at + valueLength);
  cursor.at += valueLength ?? 0;
  const headers = readHeaders(cursor, end);
  if (cursor.at !== end) throw new DamagedBatch('a record is not as long as it says');
  return { offset, timestampMs: head.appendTime ? head.maxMs : head.firstMs + sinceFirstMs, key, value, headers };
};
