/** Compression. gzip comes with kafkajs; zstd is Node's own, registered here for reading as well as for writing. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs;

export type Compression = 'none' | 'gzip' | 'zstd';

/** What is smaller is done sooner than handed to another thread and fetched back from it: a third of the CPU of both. */
const largeBytes = 64 * 1024;

const compressElsewhere = promisify(zlib.zstdCompress);
const decompressElsewhere = promisify(zlib.zstdDecompress);

const compress = async (bytes: Buffer): Promise<Buffer> =>
  bytes.length < largeBytes ? zlib.zstdCompressSync(bytes) : compressElsewhere(bytes);

const decompress = async (bytes: Buffer): Promise<Buffer> =>
  bytes.length < largeBytes ? zlib.zstdDecompressSync(bytes) : decompressElsewhere(bytes);

/** Takes effect for every client of this process: a consumer meets what any producer has written. */
export const registerCodecs = (): void => {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
};

export const compressionType = (compression: Compression): number =>
  ({ none: CompressionTypes.None, gzip: CompressionTypes.GZIP, zstd: CompressionTypes.ZSTD })[compression];
