/**
 * Rows as Parquet, by `hyparquet-writer`: row groups with a dictionary where it pays, compressed by Zstandard; the smallest and
 * the largest of numbers and times in each group, by which readers skip groups. What it holds is a group of rows and, for each
 * group before, a few hundred bytes of the file's footer.
 */
import type { ColumnBatch, ColumnValues, ExportColumn, RowWriter } from '@plenum/runtime';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type ColumnDigest, columnDigest, groupDigest } from './column-digest.ts';
import { encodingOf } from './encoding.ts';
import { digestsKey, writtenDigests } from './kept-digests.ts';
import { libraryValuesOf } from './library-values.ts';
import { presentToWrite } from './present-values.ts';
import { rowGroups } from './row-groups.ts';
import { plainSchema, schemaOf } from './schema.ts';
import { compressors } from './zstd.ts';

export const writeParquet: RowWriter = async function* (columns, batches) {
  const sink = new ByteWriter();
  const writer = new ParquetWriter({
    writer: sink,
    schema: plainSchema(schemaOf(columns)),
    codec: 'ZSTD',
    compressors,
    createdBy,
  });
  const written = columns.map((column): WrittenColumn => {
    return { column, digest: columnDigest(), valuesOf: libraryValuesOf(column) };
  });
  for await (const group of rowGroups(columns, batches)) {
    await writeGroup(writer, written, group);
    yield taken(sink);
  }
  writer.schema = schemaOf(columns);
  const digests = written.map(({ digest }) => digest);
  writer.kvMetadata = [{ key: digestsKey, value: writtenDigests(columns, digests) }];
  await writer.finish();
  yield taken(sink);
};

/** A program, its version, and what it was built with, as the format has it. The same until the bytes may be others. */
const createdBy = 'Plenum version 2 (build hyparquet-writer-0.17.0)';

type WrittenColumn = {
  readonly column: ExportColumn;
  readonly digest: ColumnDigest;
  readonly valuesOf: ReturnType<typeof libraryValuesOf>;
};

const writeGroup = async (
  writer: ParquetWriter,
  columns: readonly WrittenColumn[],
  group: ColumnBatch,
): Promise<void> => {
  const columnData = columns.map(({ column, digest, valuesOf }, index) => {
    const present = presentToWrite(column, group.rows, group.columns[index] as ColumnValues); // As many as there are columns.
    digest.add(groupDigest(present));
    return {
      name: column.name,
      data: valuesOf(present),
      encoding: encodingOf(column, present),
      statistics: isOrdered.has(column.type),
      offsetIndex: false,
    };
  });
  // One page for each column: to find out where others would end takes as long as to write them.
  await writer.write({ columnData, rowGroupSize: group.rows, pageSize: 0 });
};

/** Bounds of texts cost more than all else about them, and readers seldom skip by them. */
const isOrdered: ReadonlySet<ExportColumn['type']> = new Set(['integer', 'bigint', 'double precision', 'timestamptz']);

/** What was written since, and room for more; `offset` goes on, for it says where in the file everything is. */
const taken = (sink: ByteWriter): Uint8Array => {
  const bytes = sink.getBytes().slice();
  sink.index = 0;
  return bytes;
};
