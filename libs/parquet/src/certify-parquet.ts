/**
 * Reads a file of Parquet again, by `hyparquet`, which did not write it: first all bytes, against the digest of what was
 * written; only if they are those, the schema, and every value of every row group, against the digests of the columns.
 */
import { createHash } from 'node:crypto';
import { type Certificate, type ExportColumn, type ExportFile, FileGone, TransientFailure } from '@plenum/runtime';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from 'hyparquet';
import { columnDigest } from './column-digest.ts';
import { type DigestedColumn, digestedColumns, keptDigests } from './kept-digests.ts';
import { rangeOfGroup, readGroup } from './read-group.ts';
import { schemaProblems } from './schema-problems.ts';

type Expected = { readonly columns: readonly ExportColumn[]; readonly rows: number };

/** @throws what reading the file's bytes throws; what is wrong in them is a problem. */
export const certifyParquet = async (file: ExportFile, expected: Expected): Promise<Certificate> => {
  const sha256 = await digestOf(file);
  const conformance = { format: 'parquet', bytes: file.bytes, sha256 };
  if (sha256 !== file.digest) {
    return { problems: ['Its bytes are not those that were written: the digest is another.'], conformance };
  }
  try {
    const found = await readAll(file, expected);
    return { problems: found.problems, conformance: { ...conformance, ...found.conformance } };
  } catch (error) {
    if (error instanceof TransientFailure || error instanceof FileGone) throw error;
    return { problems: [`It cannot be read: ${error instanceof Error ? error.message : String(error)}`], conformance };
  }
};

const readAll = async (file: ExportFile, expected: Expected): Promise<Certificate> => {
  const buffer = bufferOf(file);
  const metadata = await parquetMetadataAsync(buffer);
  const problems = [...schemaProblems(metadata.schema, expected.columns), ...rowProblems(metadata, expected.rows)];
  const conformance = { rows: Number(metadata.num_rows), rowGroups: metadata.row_groups.length };
  if (problems.length > 0) return { problems, conformance };
  const digests = expected.columns.map(() => columnDigest());
  for (const group of metadata.row_groups) {
    const { from, to } = rangeOfGroup(group);
    const bytes = await buffer.slice(from, to);
    const read = await readGroup({ schema: metadata.schema, group, bytes, start: from, columns: expected.columns });
    for (const [index, column] of read.entries()) digests[index]?.add(column);
  }
  const found = digestedColumns(expected.columns, digests);
  const columns = found.map((column, index) => ({ ...column, type: expected.columns[index]?.type }));
  return {
    problems: columnProblems(found, keptDigests(metadata.key_value_metadata)),
    conformance: { ...conformance, columns },
  };
};

const rowProblems = ({ num_rows, row_groups }: FileMetaData, expected: number): readonly string[] => {
  const inGroups = row_groups.reduce((rows, group) => rows + Number(group.num_rows), 0);
  return [
    ...(Number(num_rows) === expected ? [] : [`It has ${num_rows} rows, and ${expected} were written.`]),
    ...(inGroups === expected ? [] : [`Its row groups have ${inGroups} rows, and ${expected} were written.`]),
  ];
};

const columnProblems = (found: readonly DigestedColumn[], kept: readonly DigestedColumn[]): readonly string[] =>
  found.flatMap(({ name, nulls, sha256 }, index) => {
    const written = kept[index];
    if (written === undefined || written.name !== name) return [`It does not say what was written in ${name}.`];
    if (written.nulls !== nulls) return [`${name} has nothing in ${nulls} rows, and not in ${written.nulls}.`];
    return written.sha256 === sha256 ? [] : [`${name} has other values than were written.`];
  });

const digestOf = async (file: ExportFile): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of file.read()) hash.update(chunk);
  return hash.digest('hex');
};

/** What `hyparquet` reads ranges of. */
const bufferOf = (file: ExportFile): AsyncBuffer => ({
  byteLength: file.bytes,
  slice: async (from, to = file.bytes) => {
    const bytes = new Uint8Array(to - from);
    let at = 0;
    for await (const chunk of file.read({ from, to })) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    return bytes.buffer;
  },
});
