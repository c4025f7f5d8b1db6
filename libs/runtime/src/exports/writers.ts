/**
 * Who writes the files of exports, in one format each: ports that adapters implement. What they write is a function of what they are
 * given, byte for byte: they read no clock and make up no ids.
 */
import type { DocumentContent } from '@plenum/drawing';
import type { ByteRange } from '../files/range.ts';
import type { ColumnBatch } from './column-batch.ts';
import type { ExportColumn } from './export-column.ts';

/**
 * Rows as the bytes of a file, from the first to the last. Rows come in batches of hundreds; each batch is asked for when those
 * before it are written, so nothing here grows with their number.
 */
export type RowWriter = (
  columns: readonly ExportColumn[],
  batches: AsyncIterable<ColumnBatch>,
) => AsyncIterable<Uint8Array>;

export type RowFormatWriter = {
  /** As clients ask for it, and as names of files end: `csv`, `ndjson`, `parquet`. */
  readonly format: string;
  readonly mediaType: string;
  readonly write: RowWriter;
  readonly certify: (
    file: ExportFile,
    expected: { readonly columns: readonly ExportColumn[]; readonly rows: number },
  ) => Promise<Certificate>;
};

export type DocumentWriter = {
  /** As clients ask for it, and as names of files end: `dxf`, `svg`, `pdf`, `txt`, `json`. */
  readonly format: string;
  readonly mediaType: string;
  /** The content that it can write; of other content a document cannot be made. */
  readonly takes: DocumentContent['kind'];
  readonly write: (content: DocumentContent) => AsyncIterable<Uint8Array>;
  readonly certify: (file: ExportFile, expected: DocumentContent) => Promise<Certificate>;
};

/** A file as it lies in storage. */
export type ExportFile = {
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly digest: string;
  /** All of it, or a range. @throws TransientFailure */
  read(range?: Partial<ByteRange>): AsyncIterable<Uint8Array>;
};

/** What a reader that shares no code with the writer found in a file. */
export type Certificate = {
  /** What is otherwise than it was to be, one sentence each; none: it may be handed out. */
  readonly problems: readonly string[];
  /** What travels with the file, as JSON: entities, extents, layers, rows, the digest. */
  readonly conformance: Readonly<Record<string, unknown>>;
};
