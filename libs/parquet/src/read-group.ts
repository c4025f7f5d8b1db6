/** The values of one row group, by column, as the plain types of the format have them. */
import { type AsyncBuffer, type DecodedArray, type FileMetaData, type ParquetParsers, parquetRead } from 'hyparquet';
import { decompressors } from './zstd.ts';

export type ReadGroup = {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rowStart: number;
  readonly rowEnd: number;
};

/** @throws when its bytes are not Parquet. */
export const readGroup = async ({ buffer, ...group }: ReadGroup): Promise<(column: string) => DecodedArray> => {
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

const joined = (pages: readonly DecodedArray[]): DecodedArray => {
  const [only] = pages;
  return only !== undefined && pages.length === 1 ? only : pages.flatMap((page) => Array.from<unknown>(page));
};

/** Otherwise a text would lose its byte order mark. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const parsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes),
};
