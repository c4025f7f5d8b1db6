/** The digests of the columns, as they stand in the file itself, in its key-value metadata. */
import type { ExportColumn } from '@plenum/runtime';
import type { KeyValue } from 'hyparquet';
import type { ColumnDigest } from './column-digest.ts';

export const digestsKey = 'plenum.columns';

export type DigestedColumn = { readonly name: string; readonly nulls: number; readonly sha256: string };

/** Asks each for its digest, which can be asked for once. */
export const digestedColumns = (
  columns: readonly ExportColumn[],
  digests: readonly ColumnDigest[],
): readonly DigestedColumn[] =>
  columns.map(({ name }, index) => ({
    name,
    nulls: digests[index]?.nulls() ?? 0,
    sha256: digests[index]?.digest() ?? '',
  }));

export const writtenDigests = (columns: readonly ExportColumn[], digests: readonly ColumnDigest[]): string =>
  JSON.stringify(digestedColumns(columns, digests));

/** Nothing where there is none. */
export const keptDigests = (metadata: readonly KeyValue[] | undefined): readonly DigestedColumn[] => {
  const kept = metadata?.find(({ key }) => key === digestsKey)?.value;
  const columns: unknown = kept === undefined ? undefined : JSON.parse(kept);
  return Array.isArray(columns) ? (columns as readonly DigestedColumn[]) : []; // They are compared, whatever they are.
};
