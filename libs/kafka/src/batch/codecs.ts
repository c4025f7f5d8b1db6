/** Compression. gzip comes with kafkajs; zstd is Node's own, registered here for reading as well as for writing. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';
import { DamagedBatch } from './damaged.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;

export type Compression = 'none' | 'gzip' | 'zstd';

/** What is smaller is done sooner than handed to another thread and fetched back from it: a third of the CPU of both. */
const largeBytes = 64 * 1024;

/**
 * The fastest that is not for speed alone. Records of one topic are so alike that it also finds more in them than zstd's
 * usual level, 3: readings come to 71 bytes instead of 73, for six tenths of the CPU.
 */
const zstdSettings = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };

const zstdElsewhere = promisify(zlib.zstdCompress);
const gzipElsewhere = promisify(zlib.gzip);
const decompressElsewhere = promisify(zlib.zstdDecompress);

/** Small things at once, and large ones in another thread: their bytes are read until it settles. */
export const compress = (compression: Compression, bytes: Buffer): Buffer | Promise<Buffer> => {
  if (compression === 'none') return bytes;
  if (compression === 'gzip') return gzipElsewhere(bytes);
  return bytes.length < largeBytes ? zlib.zstdCompressSync(bytes, zstdSettings) : zstdElsewhere(bytes, zstdSettings);
};

const decompress = async (bytes: Buffer): Promise<Buffer> =>
  bytes.length < largeBytes ? zlib.zstdDecompressSync(bytes) : decompressElsewhere(bytes);

/** Takes effect for every client of this process: a consumer meets what any producer has written. */
export const registerCodecs = (): void => {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { readonly buffer: Buffer }) => compress('zstd', buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
};

export const compressionType = (compression: Compression): number =>
  ({ none: CompressionTypes.None, gzip: CompressionTypes.GZIP, zstd: CompressionTypes.ZSTD })[compression];

/** A batch is a megabyte or so when it is written. Whatever unpacks to more than this was made to fill our memory. */
const unpackedBytesMax = 32 * 1024 * 1024;

/** In one piece, if the guess is good: several would have to be put together. */
const unpacking = (bytes: Buffer) => ({
  maxOutputLength: unpackedBytesMax,
  chunkSize: Math.min(unpackedBytesMax, Math.max(1_024, 6 * bytes.length)),
});

const gzipType = compressionType('gzip');
const zstdType = compressionType('zstd');
const unzipElsewhere = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip);
const unzstdElsewhere = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

/**
 * What a batch holds, by the number that Kafka has for its compression.
 * @throws DamagedBatch when it does not unpack, or to more than a batch can be; what kafkajs throws for a codec that it
 *   does not have.
 */
export const unpack = async (type: number, bytes: Buffer): Promise<Buffer> => {
  const small = bytes.length < largeBytes;
  try {
    if (type === zstdType) {
      return small ? zlib.zstdDecompressSync(bytes, unpacking(bytes)) : await unzstdElsewhere(bytes, unpacking(bytes));
    }
    if (type === gzipType) {
      return small ? zlib.unzipSync(bytes, unpacking(bytes)) : await unzipElsewhere(bytes, unpacking(bytes));
    }
  } catch (error) {
    throw new DamagedBatch(`it does not unpack: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  const codec = CompressionCodecs[type as keyof typeof CompressionCodecs];
  if (codec === undefined) throw new DamagedBatch(`it is compressed in a way that has no name (${type})`);
  // The types of kafkajs do not say what a codec is. Snappy and LZ4 it names, and throws for.
  return (codec as () => { readonly decompress: (bytes: Buffer) => Promise<Buffer> })().decompress(bytes);
};
