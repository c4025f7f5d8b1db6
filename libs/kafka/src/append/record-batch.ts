/**
 * A batch as it lies in Kafka's log (format 2), of records in our own form. kafkajs makes a buffer of 512 bytes for every
 * header of every record and copies each three times, which was two thirds of the CPU of taking a message.
 */
import type { NewRecord } from '@plenum/runtime';
import { type Compression, compress, compressionType } from '../batch/codecs.ts';
import { crc32C } from '../batch/crc-32c.ts';
import { type RecordWriter, recordWriter, type Written } from './record-writer.ts';

/** From the first offset to the number of records. */
const headBytes = 61;
/** What the length field does not count: the first offset and itself. */
const lengthFrom = 12;
/** The checksum covers everything from here. */
const crcFrom = 21;

/** Compressing and, at every reader, decompressing less than this costs more time than its bytes do. */
const compressedFrom = 2048;

/** Writers that nobody uses at the moment. Only what is compressed elsewhere keeps one for longer than a call. */
const idle: RecordWriter[] = [];
const idleMax = 4;

/** @returns the bytes that a produce request carries, without a producer's id and sequence; a small batch is not compressed. */
export const encodeRecordBatch = async (records: readonly NewRecord[], wanted: Compression): Promise<Buffer> => {
  const writer = idle.pop() ?? recordWriter();
  const written = writer.write(records);
  const compression = written.bytes.length < compressedFrom ? 'none' : wanted;
  const compressed = compress(compression, written.bytes);
  // Waiting for what is there already would make every batch of a turn take a writer of its own.
  const body = compressed instanceof Promise ? await compressed : compressed;
  const batch = batchOf(records.length, compressionType(compression), written, body);
  if (idle.length < idleMax) idle.push(writer);
  return batch;
};

const batchOf = (count: number, type: number, { firstMs, lastMs }: Written, body: Buffer): Buffer => {
  const batch = Buffer.allocUnsafe(headBytes + body.length);
  batch.writeBigInt64BE(0n, 0); // The broker gives offsets.
  batch.writeInt32BE(batch.length - lengthFrom, 8);
  batch.writeInt32BE(-1, 12); // Of the leader's epochs only the leader knows.
  batch.writeInt8(2, 16);
  batch.writeInt16BE(type, 21);
  batch.writeInt32BE(count - 1, 23);
  batch.writeBigInt64BE(BigInt(firstMs), 27);
  batch.writeBigInt64BE(BigInt(lastMs), 35);
  batch.writeBigInt64BE(-1n, 43); // No producer's id, epoch or sequence.
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(count, 57);
  batch.set(body, headBytes);
  batch.writeUInt32BE(crc32C(batch.subarray(crcFrom)), 17);
  return batch;
};
