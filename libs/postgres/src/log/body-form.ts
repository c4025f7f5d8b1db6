/**
 * The form in which a body is stored around its records (`batch-writer.ts`): what says that the bytes are whole, and zstd where
 * that makes them fewer.
 *
 *   version (1 byte) · CRC-32 of all that follows (4 bytes, big end first) · form (1 byte) · the records, in that form
 *
 * Form 0 is the records as they are. 1 is their length (4 bytes) and a zstd frame of them, 2 the same with dictionary 1. The CRC
 * is of the stored bytes: nothing is given to zstd that is not what was written.
 *
 * Level 1 makes batches of readings as small as level 3 does, in two thirds of the time.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { dictionary1 } from './body-dictionary.ts';

export const bodyVersion = 2;
/** Where the records, or what is made of them, begin. */
export const bodyStart = 6;

const formAt = 5;
const lengthBytes = 4;
const forms = { plain: 0, zstd: 1, zstdWithDictionary: 2 } as const;

/** Fewer bytes than this are not worth a call of zstd, which costs about 15 µs whatever it is given. */
const compressedBytesMin = 700;
/** From here on a body has enough in itself to refer to. */
const dictionaryBytesMax = 4 * 1024;
/** A row holds a megabyte and one record more. What is longer stays as it is, and what says it is longer was never written. */
const plainBytesMax = 32 * 1024 * 1024;
/** What zstd is given to write to at first. Records of one topic come to less than this share of their length. */
const likelyShare = 1 / 3;
const smallestChunkBytes = 64;

const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** Fills in the first bytes of a body whose records stand behind them, and answers how long it has become. */
export const sealBody = (body: Buffer): number => {
  const plain = body.subarray(bodyStart);
  const withDictionary = plain.length < dictionaryBytesMax;
  const frame = compressed(plain, withDictionary);
  let length = body.length;
  body[formAt] = forms.plain;
  if (frame !== undefined) {
    body[formAt] = withDictionary ? forms.zstdWithDictionary : forms.zstd;
    body.writeUInt32BE(plain.length, bodyStart);
    length = bodyStart + lengthBytes + frame.length;
    body.set(frame, bodyStart + lengthBytes);
  }
  body[0] = bodyVersion;
  body.writeUInt32BE(crc32(body.subarray(formAt, length)), 1);
  return length;
};

/** Nothing where it would gain nothing. */
const compressed = (plain: Buffer, withDictionary: boolean): Buffer | undefined => {
  if (plain.length < compressedBytesMin || plain.length > plainBytesMax) return undefined;
  const frame = zstdCompressSync(plain, {
    ...{ params, pledgedSrcSize: plain.length },
    chunkSize: Math.max(smallestChunkBytes, Math.ceil(plain.length * likelyShare)),
    ...(withDictionary && { dictionary: dictionary1 }),
  });
  return frame.length + lengthBytes < plain.length ? frame : undefined;
};

/**
 * The records of a body: a view into it, or what zstd makes of it.
 * @throws when the bytes are not what was written.
 */
export const openBody = (body: Buffer, firstOffset: bigint): Buffer => {
  if (body[0] !== bodyVersion) throw new Error(`a log batch of version ${body[0]} at ${firstOffset} cannot be read`);
  if (body.length < bodyStart || body.readUInt32BE(1) !== crc32(body.subarray(formAt))) {
    throw damaged(firstOffset, 'its checksum does not match');
  }
  const form = body[formAt];
  if (form === forms.plain) return body.subarray(bodyStart);
  if (form !== forms.zstd && form !== forms.zstdWithDictionary) throw damaged(firstOffset, `it has form ${form}`);
  const plainBytes = body.length < bodyStart + lengthBytes ? 0 : body.readUInt32BE(bodyStart);
  if (plainBytes === 0 || plainBytes > plainBytesMax)
    throw damaged(firstOffset, `its records have ${plainBytes} bytes`);
  const plain = decompressed(body.subarray(bodyStart + lengthBytes), plainBytes, form === forms.zstdWithDictionary);
  if (plain?.length !== plainBytes) throw damaged(firstOffset, `it does not decompress to ${plainBytes} bytes`);
  return plain;
};

/** Never more than `bytesMax`, in one piece. Nothing where the frame is no frame, or holds more. */
const decompressed = (frame: Buffer, bytesMax: number, withDictionary: boolean): Buffer | undefined => {
  try {
    return zstdDecompressSync(frame, {
      ...{ maxOutputLength: bytesMax, chunkSize: Math.max(smallestChunkBytes, bytesMax) },
      ...(withDictionary && { dictionary: dictionary1 }),
    });
  } catch {
    return undefined;
  }
};

export const damaged = (firstOffset: bigint, how: string): Error =>
  new Error(`the log batch at ${firstOffset} is damaged: ${how}`);
