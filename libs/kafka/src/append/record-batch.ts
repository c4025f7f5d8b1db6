/**
 * A batch as it lies in Kafka's log (format 2), of records in our own form. kafkajs makes a buffer of 512 bytes for every
 * header of every record and copies each three times, which was two thirds of the CPU of taking a message.
 */
import { createRequire } from 'node:module';
import type { NewRecord } from '@plenum/runtime';
import kafkajs from 'kafkajs';
import { type Compression, compressionType } from '../codecs.ts';

const crc32C = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

/** From the first offset to the number of records. */
const headBytes = 61;
/** What the length field does not count: the first offset and itself. */
const lengthFrom = 12;
/** The checksum covers everything from here. */
const crcFrom = 21;

/** @returns the bytes that a produce request carries, without a producer's id and sequence. */
export const encodeRecordBatch = async (records: readonly NewRecord[], compression: Compression): Promise<Buffer> => {
  const { bytes, firstMs, lastMs } = encodeRecords(records);
  const type = compressionType(compression);
  const codec = kafkajs.CompressionCodecs[type as keyof typeof kafkajs.CompressionCodecs];
  // The types of kafkajs do not say what a codec is: what is here is what its own encoder calls.
  const body: Buffer = type === 0 ? bytes : await (codec as Codec)().compress({ buffer: bytes });
  const batch = Buffer.allocUnsafe(headBytes + body.length);
  batch.writeBigInt64BE(0n, 0); // The broker gives offsets.
  batch.writeInt32BE(batch.length - lengthFrom, 8);
  batch.writeInt32BE(-1, 12); // Of the leader's epochs only the leader knows.
  batch.writeInt8(2, 16);
  batch.writeInt16BE(type, 21);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(firstMs), 27);
  batch.writeBigInt64BE(BigInt(lastMs), 35);
  batch.writeBigInt64BE(-1n, 43); // No producer's id, epoch or sequence.
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(records.length, 57);
  batch.set(body, headBytes);
  batch.writeUInt32BE(crc32C(batch.subarray(crcFrom)), 17);
  return batch;
};

type Codec = () => { readonly compress: (encoder: { readonly buffer: Buffer }) => Promise<Buffer> };

type Encoded = { readonly bytes: Buffer; readonly firstMs: number; readonly lastMs: number };

/** A record is written behind its length, which is known afterwards: of all but the smallest and largest it has two bytes. */
const lengthBytesUsual = 2;

const encodeRecords = (records: readonly NewRecord[]): Encoded => {
  const bytes = Buffer.allocUnsafe(records.reduce((sum, record) => sum + recordBytesMax(record), 0));
  const firstMs = records[0]?.timestampMs ?? 0;
  let lastMs = firstMs;
  let at = 0;
  for (const [index, record] of records.entries()) {
    const { timestampMs } = record;
    if (timestampMs > lastMs) lastMs = timestampMs;
    const bodyAt = at + lengthBytesUsual;
    const end = writeBody(bytes, bodyAt, record, { index, sinceFirstMs: timestampMs - firstMs });
    const lengthBytes = varintBytes(end - bodyAt);
    if (lengthBytes !== lengthBytesUsual) bytes.copyWithin(at + lengthBytes, bodyAt, end);
    writeVarint(bytes, at, end - bodyAt);
    at += lengthBytes + end - bodyAt;
  }
  return { bytes: bytes.subarray(0, at), firstMs, lastMs };
};

/** The longest varint of a safe integer. */
const varintBytesMax = 8;
/** Of a record besides its texts and its value: length, attributes, time, offset, two lengths, number of headers. */
const frameBytesMax = 1 + 6 * varintBytesMax;

/** Three bytes for a character is the most that UTF-8 takes for one unit of a JavaScript string. */
const recordBytesMax = ({ key, value, headers }: NewRecord): number => {
  let bytes = frameBytesMax + 3 * key.length + value.byteLength;
  for (const name in headers) bytes += 2 * varintBytesMax + 3 * (name.length + (headers[name]?.length ?? 0));
  return bytes;
};

type Deltas = { readonly index: number; readonly sinceFirstMs: number };

/** @returns where it ends. */
const writeBody = (
  bytes: Buffer,
  from: number,
  { key, value, headers }: NewRecord,
  { index, sinceFirstMs }: Deltas,
): number => {
  let at = from;
  bytes[at++] = 0;
  at = writeVarint(bytes, at, sinceFirstMs);
  at = writeVarint(bytes, at, index);
  at = writeText(bytes, at, key);
  at = writeVarint(bytes, at, value.byteLength);
  bytes.set(value, at);
  at += value.byteLength;
  const names = Object.keys(headers);
  at = writeVarint(bytes, at, names.length);
  for (const name of names) {
    at = writeText(bytes, at, name);
    at = writeText(bytes, at, headers[name] ?? '');
  }
  return at;
};

/** Up to here the length of an ASCII text has one byte. */
const shortTextMax = 63;

/** Most texts are short and ASCII, and a loop over those beats the calls into native code. */
const writeText = (bytes: Buffer, from: number, text: string): number => {
  if (text.length <= shortTextMax) {
    const end = writeAscii(bytes, from + 1, text);
    if (end !== undefined) {
      bytes[from] = text.length * 2;
      return end;
    }
  }
  const length = Buffer.byteLength(text);
  const at = writeVarint(bytes, from, length);
  return at + bytes.write(text, at, length, 'utf8');
};

/** @returns where it ends; `undefined` when it is not all ASCII. */
const writeAscii = (bytes: Buffer, from: number, text: string): number | undefined => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return undefined;
    bytes[from + index] = code;
  }
  return from + text.length;
};

/** Zigzag, seven bits a byte, low first. No shifts: a difference of times can have more than 32 bits. */
const writeVarint = (bytes: Buffer, from: number, value: number): number => {
  let at = from;
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest >= 0x80) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  return at;
};

const varintBytes = (value: number): number => {
  let count = 1;
  for (let rest = value * 2; rest >= 0x80; rest = Math.floor(rest / 0x80)) count += 1;
  return count;
};
