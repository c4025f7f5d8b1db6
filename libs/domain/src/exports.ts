/**
 * What can be had as a file, as a domain declares it. An export is a function of rows as of one position of the log: nothing in
 * its file says when it was made, and the same request at the same position gives the same bytes.
 */
import type { DocumentContent } from '@plenum/drawing';
import type { Topic } from '@plenum/event';
import type { Projection, Sql, Table } from '@plenum/read-model';
import type { Static, TSchema } from 'typebox';

export const rowFormats = ['csv', 'ndjson', 'parquet'] as const;
export type RowFormat = (typeof rowFormats)[number];

export const documentFormats = ['dxf', 'svg', 'pdf', 'txt', 'json'] as const;
export type DocumentFormat = (typeof documentFormats)[number];

export type ExportFormat = RowFormat | DocumentFormat;

type Declared = {
  /** What clients ask for it by: lower-case words with hyphens between them, such as `readings`. No other export has it. */
  readonly kind: string;
  readonly about: string;
  /** What it takes, beside the right to ask for exports at all. */
  readonly permission: string;
};

/** Rows of one table, in every format that rows have. */
export type RowsExport = Declared & {
  readonly content: 'rows';
  readonly projection: Pick<Projection, 'name' | 'topics'>;
  /** One of the projection's. */
  readonly table: Table;
  /**
   * `ledger`: rows are only added, so it can be had as of any position, in the order of the log. `state`: as of the position at
   * which its snapshot opened, in the order of the table's key.
   */
  readonly rowsAre: 'ledger' | 'state';
  /** Those that it shows, in this order. Bytes and names of persons are in no export. */
  readonly columns: readonly string[];
  /** What `from` and `to` are about. Without it they are refused. */
  readonly time?: string;
  /** By the name that clients use. */
  readonly filters: Readonly<Record<string, RowFilter>>;
  /** Of rows that belong to organisations. Without it they are the installation's. */
  readonly organisation?: string;
};

/** Rows whose column has one of the values that are given. */
export type RowFilter = {
  readonly column: string;
  /** Of one value; what is given may be a list of them. */
  readonly schema: TSchema;
};

/** Events as they stand in the log, in every format that rows have. */
export type EventsExport = Declared & {
  readonly content: 'events';
  /** Which can be asked for; `any` there is. */
  readonly topics: readonly Pick<Topic, 'name'>[] | 'any';
};

/** One document, made of what read models hold at one moment. */
export type DocumentExport<Asked extends TSchema = TSchema> = Declared & {
  readonly content: 'document';
  readonly formats: readonly DocumentFormat[];
  /** What the snapshot is of. */
  readonly projections: readonly Pick<Projection, 'name' | 'topics'>[];
  /** `options` of the request: what the document is about. It was held against this before `compose` sees it. */
  readonly options: Asked;
  /**
   * What stands in the document. It asks nothing but `sql`, reads no clock, and gives the same for the same rows: a time
   * that is printed is one of the rows', or `timeUs`. A name of a file is made of `kind` and what it calls itself.
   */
  readonly compose: (sql: Sql, asked: Composing<Static<Asked>>) => Promise<Composed>;
};

export type Composing<Options> = {
  readonly options: Options;
  readonly format: DocumentFormat;
  /** Whose things may be in it; `undefined`: everybody's. What belongs to others is not there. */
  readonly organisation: string | undefined;
  /** When the last event was recorded that the snapshot shows; 0 when there is none. */
  readonly timeUs: number;
};

export type Composed =
  | { readonly outcome: 'composed'; readonly content: DocumentContent }
  /** It cannot be made, now or later: the request ends with this reason, a sentence for people. */
  | { readonly outcome: 'refused'; readonly code: 'not-found' | 'not-possible'; readonly reason: string };

export type ExportKind = RowsExport | EventsExport | DocumentExport;

/** Checks a document's declaration against its own schema. */
export const defineDocumentExport = <Asked extends TSchema>(
  declared: Omit<DocumentExport<Asked>, 'content'>,
): DocumentExport =>
  // Erasure: `compose` is only ever given options that passed its own schema.
  ({ content: 'document', ...declared }) as unknown as DocumentExport;

export const formatsOf = (kind: ExportKind): readonly ExportFormat[] =>
  kind.content === 'document' ? kind.formats : rowFormats;
