/** Zstandard as Node has it: what the libraries bring is slower by much, and makes larger files. Every common reader has it. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** The fastest: the dictionaries before it leave little to gain. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export const compressors = { ZSTD: (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes, options) };

export const decompressors = {
  ZSTD: (bytes: Uint8Array, bytesMax: number): Uint8Array =>
    zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, bytesMax) }),
};
