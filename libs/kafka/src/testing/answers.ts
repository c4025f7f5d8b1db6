/** Answers to fetches as brokers give them, made of batches that other clients might have written. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type Encoder = {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeUInt32(value: number): Encoder;
  writeInt64(value: bigint | number): Encoder;
  writeString(value: string): Encoder;
  writeVarInt(value: number): Encoder;
  writeVarLong(value: number): Encoder;
  writeVarIntBytes(value: Buffer | null): Encoder;
  writeBuffer(value: Buffer): Encoder;
  writeBytes(value: Buffer): Encoder;
};

// What kafkajs writes with, and has no types.
const Encoder = require('kafkajs/src/protocol/encoder') as new () => Encoder;
const crc32C = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

export type WrittenRecord = {
  readonly offsetDelta: number;
  readonly sinceFirstMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
};

export type WrittenBatch = {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly firstMs: number;
  readonly maxMs: number;
  readonly producerId: bigint;
  /** Bits besides those of the compression: 8 append time, 16 transactional, 32 control. */
  readonly attributes: number;
  /** By Kafka's number, and how it is done. */
  readonly compression: { readonly type: number; readonly pack: (bytes: Buffer) => Buffer };
  readonly records: readonly WrittenRecord[];
};

export const notCompressed: WrittenBatch['compression'] = { type: 0, pack: (bytes) => bytes };

export const writeRecord = (record: WrittenRecord): Buffer => {
  const body = new Encoder()
    .writeInt8(0)
    .writeVarLong(record.sinceFirstMs)
    .writeVarInt(record.offsetDelta)
    .writeVarIntBytes(record.key)
    .writeVarIntBytes(record.value)
    .writeVarInt(record.headers.length);
  for (const [name, value] of record.headers) body.writeVarIntBytes(Buffer.from(name)).writeVarIntBytes(value);
  return new Encoder().writeVarInt(body.buffer.length).writeBuffer(body.buffer).buffer;
};

export const writeBatch = (batch: WrittenBatch): Buffer =>
  writeBatchOf(batch, batch.records.length, Buffer.concat(batch.records.map(writeRecord)));

/** For records that are not as they should be: the checksum is right. */
export const writeBatchOf = (batch: Omit<WrittenBatch, 'records'>, count: number, records: Buffer): Buffer => {
  const checked = new Encoder()
    .writeInt16(batch.attributes + batch.compression.type)
    .writeInt32(batch.lastOffsetDelta)
    .writeInt64(batch.firstMs)
    .writeInt64(batch.maxMs)
    .writeInt64(batch.producerId)
    .writeInt16(0)
    .writeInt32(0)
    .writeInt32(count)
    .writeBuffer(batch.compression.pack(records)).buffer;
  const inner = new Encoder().writeInt32(0).writeInt8(2).writeUInt32(crc32C(checked)).writeBuffer(checked);
  return new Encoder().writeInt64(batch.firstOffset).writeBytes(inner.buffer).buffer;
};

/** The marker that ends a transaction. */
export const marker = (firstOffset: bigint, producerId: bigint, end: 'abort' | 'commit'): WrittenBatch => ({
  ...{ firstOffset, lastOffsetDelta: 0, firstMs: 5, maxMs: 5, producerId, attributes: 16 + 32 },
  compression: notCompressed,
  records: [
    {
      ...{ offsetDelta: 0, sinceFirstMs: 0, headers: [] },
      key: Buffer.from([0, 0, 0, end === 'abort' ? 0 : 1]),
      value: Buffer.alloc(6),
    },
  ],
});

export type WrittenAnswer = {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: bigint;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly records: Buffer;
};

/** Of any version from 4 on, for one partition. */
export const writeAnswer = (version: number, answer: WrittenAnswer): Buffer => {
  const to = new Encoder().writeInt32(0);
  if (version >= 7) to.writeInt16(0).writeInt32(77);
  to.writeInt32(1).writeString(answer.topic).writeInt32(1).writeInt32(answer.partition).writeInt16(0);
  to.writeInt64(answer.highWatermark).writeInt64(answer.highWatermark);
  if (version >= 5) to.writeInt64(0n);
  to.writeInt32(answer.aborted.length);
  for (const { producerId, firstOffset } of answer.aborted) to.writeInt64(producerId).writeInt64(firstOffset);
  if (version >= 11) to.writeInt32(-1);
  return to.writeBytes(answer.records).buffer;
};
