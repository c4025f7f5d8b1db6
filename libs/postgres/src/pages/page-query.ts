/**
 * Queries for lists whose rows may be large: as long as they are small it is one round trip like any other, and what is
 * too much is not kept. A server cannot be asked to stop in the middle of a portion, so where rows are large, portions
 * have few of them; what still comes of one when a page is full is dropped as it arrives.
 */
import type { Rows } from '@plenum/read-model';
import pg from 'pg';
import { PageRows } from './page-rows.ts';
import type { WireColumn } from './row-json.ts';
import { type RowSplitter, rowSplitterOf, type TakesRows } from './row-splitter.ts';

export type PageStatement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] };

export type PageBounds = {
  /** Bytes of rows, as the server sends them, that every page may have. */
  readonly smallBytes: number;
  /** Bytes that a page has at most. One row always comes, whatever its size. */
  readonly bytesMax: number;
  /** Asked once, when a page grows beyond small: `undefined` ends it there; else called when the page has been read. */
  readonly grow: () => (() => void) | undefined;
  /** What columns become. */
  readonly types: pg.CustomTypesConfig;
};

/** Rows in one portion, at most. What fits into one is asked for as ever, without another round trip. */
export const portionRowsMax = 128;
const portionBytes = 524_288;

/**
 * At most `rowsMax` rows, fewer when their bytes are full: then `isCut` is set, and the next page goes on after the last.
 * Rejects with the driver's own errors.
 */
export type ReadPage = <R>(statement: PageStatement, rowsMax: number) => Promise<Rows<R>>;

/** Remembers of every statement how large its rows were lately. Of one that it has not seen it asks for few at first. */
export const pageReader = (pool: Pick<pg.Pool, 'query'>, bounds: PageBounds): ReadPage => {
  const seen = new Map<string, Seen>();
  const { types } = bounds;
  return async <R>({ name, text, values }: PageStatement, rowsMax: number) => {
    const { rowBytes: expected, columns } = seen.get(name) ?? unseen;
    const isOnePortion = rowsMax <= portionRowsMax && expected * rowsMax <= bounds.bytesMax;
    const portion = isOnePortion ? {} : { rows: portionOf(expected) };
    const keeping = keepWithin(bounds);
    const query = new PageQuery({ name, text, values: [...values], types, ...portion }, { keeping, columns });
    try {
      // The pool runs a query that was made before like any other, and answers when it has been answered.
      const answered: unknown = pool.query(query);
      await (answered as Promise<unknown>);
      const { bytes, isCut, rowBytesMax } = keeping.soFar();
      const { taken } = query;
      if (bytes > 0) seen.set(name, { rowBytes: Math.max(rowBytesMax, expected * 0.9), columns: taken.columns });
      return new PageRows<R>(taken, isCut || bytes > bounds.smallBytes ? { bytes, isCut } : {});
    } finally {
      keeping.end();
    }
  };
};

/** What is remembered of a statement: how large its rows were lately, and their columns. */
type Seen = { readonly rowBytes: number; readonly columns: readonly WireColumn[] };

const unseen: Seen = { rowBytes: 65_536, columns: [] };

const portionOf = (rowBytes: number): number =>
  Math.max(1, Math.min(portionRowsMax, Math.floor(portionBytes / Math.max(1, rowBytes))));

type Keeping = {
  /** Whether a row of so many bytes is kept. Once one was not, none is. */
  keeps(bytes: number): boolean;
  soFar(): { readonly bytes: number; readonly isCut: boolean; readonly rowBytesMax: number };
  end(): void;
};

const keepWithin = ({ smallBytes, bytesMax, grow }: PageBounds): Keeping => {
  let bytes = 0;
  let rowBytesMax = 0;
  let isCut = false;
  let shrink: (() => void) | undefined;
  const mayHave = (total: number): boolean => {
    if (total <= smallBytes) return true;
    shrink ??= grow();
    return shrink !== undefined && total <= bytesMax;
  };
  return {
    keeps: (more) => {
      if (isCut) return false;
      if (more > rowBytesMax) rowBytesMax = more;
      if (!mayHave(bytes + more) && bytes > 0) isCut = true;
      else bytes += more;
      return !isCut;
    },
    soFar: () => ({ bytes, isCut, rowBytesMax }),
    end: () => shrink?.(),
  };
};

type QueryConfig = pg.QueryConfig & { readonly rows?: number };

type Field = { readonly name: string; readonly dataTypeID: number };
type Described = { readonly fields: readonly Field[] };

/** What node-postgres calls on a query for every message of its answer; its types do not show it. */
type Steered = {
  rows: number | undefined;
  submit(connection: object): Error | null;
  handleRowDescription(message: Described): void;
  handlePortalSuspended(connection: { sync(): void }): void;
  handleReadyForQuery(connection: object): void;
  handleError(error: Error, connection: object): void;
};

const DriverQuery = pg.Query as unknown as new (config: QueryConfig) => Steered; // As just said.

type Taken = { readonly [Name in 'starts' | 'sizes']: number[] } & {
  readonly chunks: Buffer[];
  columns: readonly WireColumn[];
};

/** `columns`: as they were the last time. */
type Taking = { readonly keeping: Keeping; readonly columns: readonly WireColumn[] };

const areThese = (columns: readonly WireColumn[], fields: readonly Field[]): boolean =>
  columns.length === fields.length &&
  columns.every(({ name, type }, index) => fields[index]?.name === name && fields[index]?.dataTypeID === type);

/** Its rows are taken as bytes. The driver knows of none. */
class PageQuery extends DriverQuery implements TakesRows {
  readonly #keeping: Keeping;
  readonly #types: pg.CustomTypesConfig;
  #splitter: RowSplitter | undefined;
  readonly taken: Taken;

  constructor(config: QueryConfig & { readonly types: pg.CustomTypesConfig }, { keeping, columns }: Taking) {
    super(config);
    this.#keeping = keeping;
    this.#types = config.types;
    this.taken = { columns, chunks: [], starts: [], sizes: [] };
  }

  override submit(connection: object): Error | null {
    this.#splitter = rowSplitterOf(connection);
    if (this.#splitter === undefined) return new Error('the pool was not opened by openPool: it has no bytes of rows');
    return super.submit(connection);
  }

  override handleRowDescription({ fields }: Described): void {
    if (!areThese(this.taken.columns, fields)) {
      this.taken.columns = fields.map(({ name, dataTypeID: type }) => {
        return { name, type, parse: this.#types.getTypeParser(type, 'text') };
      });
    }
    if (this.#splitter !== undefined) this.#splitter.taker = this;
  }

  keeps(bytes: number): boolean {
    return this.#keeping.keeps(bytes);
  }

  take(bytes: Buffer, start: number, end: number): void {
    this.taken.chunks.push(bytes);
    this.taken.starts.push(start);
    this.taken.sizes.push(end - start);
  }

  override handlePortalSuspended(connection: { sync(): void }): void {
    const { isCut, rowBytesMax } = this.#keeping.soFar();
    this.rows = portionOf(rowBytesMax);
    // The end of the implicit transaction closes the portal, with what was not read.
    if (isCut) connection.sync();
    else super.handlePortalSuspended(connection);
  }

  override handleReadyForQuery(connection: object): void {
    this.#leave();
    super.handleReadyForQuery(connection);
  }

  override handleError(error: Error, connection: object): void {
    this.#leave();
    super.handleError(error, connection);
  }

  /** From now on rows are somebody else's. */
  #leave(): void {
    if (this.#splitter?.taker === this) this.#splitter.taker = undefined;
  }
}
