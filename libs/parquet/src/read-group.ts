/** The values of one row group, by column, as they are digested. */
import { type AsyncBuffer, type DecodedArray, type FileMetaData, type ParquetParsers, parquetRead } from 'hyparquet';
import type { Values } from './column-digest.ts';
import { decompressors } from './zstd.ts';

export type ReadGroup = {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rowStart: number;
  readonly rowEnd: number;
};

/** @throws when its bytes are not Parquet. */
export const readGroup = async ({ buffer, ...group }: ReadGroup): Promise<(column: string) => Values> => {
  const pages = new Map<string, DecodedArray[]>();
  await parquetRead({
    ...group,
    file: buffer,
    parsers,
    compressors: decompressors,
    onChunk: ({ columnName, columnData }) => {
      const before = pages.get(columnName);
      if (before === undefined) pages.set(columnName, [columnData]);
      else before.push(columnData);
    },
  });
  return (column) => joined(pages.get(column) ?? []);
};

const joined = (pages: readonly DecodedArray[]): Values => {
  const [only] = pages;
  if (only !== undefined && pages.length === 1) return only as Values; // As the schema, which was checked, has it.
  return pages.flatMap((page) => Array.from(page as Iterable<string | number | bigint | boolean>));
};

/** Without these a time would lose its microseconds, a text its byte order mark and JSON its digits. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);
const parsers: Partial<ParquetParsers> = {
  timestampFromMicroseconds: (micros: bigint) => micros,
  stringFromBytes: text,
  jsonFromBytes: text,
  uuidFromBytes: (bytes: Uint8Array | undefined) => bytes && uuidText(bytes),
};

const uuidText = (bytes: Uint8Array): string => {
  const hex = bytes.toHex();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
