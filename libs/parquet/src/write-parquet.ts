/**
 * Rows as Parquet, by `hyparquet-writer`: row groups with a dictionary where it pays, compressed by Zstandard; the smallest and
 * the largest of numbers and times in each group, by which readers skip groups. What it holds is a group of rows and, for each
 * group before, a few hundred bytes of the file's footer.
 */
import type { ExportColumn, ExportRow, RowWriter } from '@plenum/runtime';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type ColumnDigest, columnDigest } from './column-digest.ts';
import { columnValues } from './column-values.ts';
import { encodingOf } from './encoding.ts';
import { digestsKey, writtenDigests } from './kept-digests.ts';
import { physicalSchemaOf, schemaOf } from './schema.ts';
import { compressors } from './zstd.ts';

/**
 * A group ends with the row that makes it this large. Four times as many rows take twice the memory, for all of a group outlives
 * the collections of young objects, and make the file no smaller.
 */
const groupRowsMax = 16_384;
const groupTextMax = 33_554_432;

export const writeParquet: RowWriter = async function* (columns, batches) {
  const sink = new ByteWriter();
  const writer = new ParquetWriter({
    writer: sink,
    schema: physicalSchemaOf(columns),
    codec: 'ZSTD',
    compressors,
    createdBy,
  });
  const digests = columns.map(columnDigest);
  for await (const rows of groupsOf(columns, batches)) {
    await writeGroup(writer, columns, digests, rows);
    yield taken(sink);
  }
  writer.schema = schemaOf(columns);
  writer.kvMetadata = [{ key: digestsKey, value: writtenDigests(columns, digests) }];
  await writer.finish();
  yield taken(sink);
};

/** A program, its version, and what it was built with, as the format has it. The same until the bytes may be others. */
const createdBy = 'Plenum version 1 (build hyparquet-writer-0.17.0)';

const writeGroup = async (
  writer: ParquetWriter,
  columns: readonly ExportColumn[],
  digests: readonly ColumnDigest[],
  rows: readonly ExportRow[],
): Promise<void> => {
  const columnData = columns.map((column, index) => {
    const { digested, written } = columnValues(column, index, rows);
    digests[index]?.add(digested);
    return {
      name: column.name,
      data: written,
      encoding: encodingOf(column, written),
      statistics: isOrdered.has(column.type),
      offsetIndex: false,
    };
  });
  await writer.write({ columnData, rowGroupSize: rows.length });
};

/** Bounds of texts cost more than all else about them, and readers seldom skip by them. */
const isOrdered: ReadonlySet<ExportColumn['type']> = new Set(['integer', 'bigint', 'double precision', 'timestamptz']);

async function* groupsOf(
  columns: readonly ExportColumn[],
  batches: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<readonly ExportRow[], void> {
  const texts = columns.flatMap(({ type }, index) => (type === 'text' || type === 'jsonb' ? [index] : []));
  let group: ExportRow[] = [];
  let text = 0;
  for await (const rows of batches) {
    for (const row of rows) {
      group.push(row);
      for (const index of texts) text += (row[index] as string | undefined)?.length ?? 0; // Of a text column; checked later.
      if (group.length < groupRowsMax && text < groupTextMax) continue;
      yield group;
      group = [];
      text = 0;
    }
  }
  if (group.length > 0) yield group;
}

/** What was written since, and room for more; `offset` goes on, for it says where in the file everything is. */
const taken = (sink: ByteWriter): Uint8Array => {
  const bytes = sink.getBytes().slice();
  sink.index = 0;
  return bytes;
};
