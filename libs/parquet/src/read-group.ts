/** One row group of a file, from its bytes to what is said of each of its columns. */
import type { ExportColumn } from '@plenum/runtime';
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  type ParquetParsers,
  parquetRead,
  type RowGroup,
  type SchemaElement,
} from 'hyparquet';
import { type GroupDigest, groupDigest } from './column-digest.ts';
import { presentAsRead } from './present-values.ts';
import { plainSchema } from './schema.ts';
import { decompressors } from './zstd.ts';

export type ReadGroup = {
  /** As the file says it. */
  readonly schema: readonly SchemaElement[];
  readonly group: RowGroup;
  /** Those of the file from `start` on: all of the group. */
  readonly bytes: ArrayBuffer;
  readonly start: number;
  /** What the schema was held against. */
  readonly columns: readonly ExportColumn[];
};

/** Where the bytes of a group are in its file. @throws when it does not say so. */
export const rangeOfGroup = ({ columns }: RowGroup): { readonly from: number; readonly to: number } => {
  const ranges = columns.map(({ meta_data }) => {
    if (meta_data === undefined) throw new Error('a column of a row group has no place in the file');
    const from = Number(meta_data.dictionary_page_offset ?? meta_data.data_page_offset);
    return { from, to: from + Number(meta_data.total_compressed_size) };
  });
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
};

/** @throws when its bytes are not Parquet. */
export const readGroup = async ({
  schema,
  group,
  bytes,
  start,
  columns,
}: ReadGroup): Promise<readonly GroupDigest[]> => {
  const pages = new Map<string, DecodedArray[]>();
  // What the values mean was compared. As what they are made of they are read without a new object for each.
  const metadata: FileMetaData = {
    ...{ version: 2, metadata_length: 0, schema: plainSchema(schema) },
    ...{ num_rows: group.num_rows, row_groups: [group] },
  };
  const file: AsyncBuffer = {
    byteLength: start + bytes.byteLength,
    slice: (from, to) => bytes.slice(from - start, to === undefined ? undefined : to - start),
  };
  await parquetRead({
    ...{ file, metadata, parsers, compressors: decompressors },
    onChunk: ({ columnName, columnData }) => {
      const before = pages.get(columnName);
      if (before === undefined) pages.set(columnName, [columnData]);
      else before.push(columnData);
    },
  });
  return columns.map((column) => groupDigest(presentAsRead(column, joined(pages.get(column.name) ?? []))));
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
