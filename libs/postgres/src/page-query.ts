/**
 * Queries for lists whose rows may be large: as long as they are small it is one round trip like any other, and what is
 * too much is not kept. A server cannot be asked to stop in the middle of a portion, so where rows are large, portions
 * have few of them; what still comes of one when a page is full is dropped as it arrives.
 */
import type { Rows } from '@plenum/read-model';
import pg from 'pg';

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
  const rowBytes = new Map<string, number>();
  const { types } = bounds;
  return async <R>({ name, text, values }: PageStatement, rowsMax: number) => {
    const expected = rowBytes.get(name) ?? unseenRowBytes;
    const isOnePortion = rowsMax <= portionRowsMax && expected * rowsMax <= bounds.bytesMax;
    const portion = isOnePortion ? {} : { rows: portionOf(expected) };
    const keeping = keepWithin(bounds);
    const query = new PageQuery({ name, text, values: [...values], types, ...portion }, keeping);
    try {
      // The pool runs a query that was made before like any other, and answers with its result.
      const answered: unknown = pool.query(query);
      const { rows } = await (answered as Promise<{ readonly rows: readonly R[] }>);
      const { bytes, isCut, rowBytesMax } = keeping.soFar();
      if (bytes > 0) rowBytes.set(name, Math.max(rowBytesMax, expected * 0.9));
      // What is small stays a plain list: most pages are, and the engine writes those fastest.
      return isCut || bytes > bounds.smallBytes ? Object.assign(rows, { bytes, isCut }) : rows;
    } finally {
      keeping.end();
    }
  };
};

const unseenRowBytes = 65_536;

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

/** What node-postgres calls on a query for every message of its answer; its types do not show it. */
type Steered = pg.Query & {
  rows: number | undefined;
  handleDataRow(message: { readonly length: number }): void;
  handlePortalSuspended(connection: { sync(): void }): void;
};

const DriverQuery = pg.Query as unknown as new (config: QueryConfig) => Steered; // As just said.

/** A class, for a function put on the query of every page in place of the driver's costs a third more for a page. */
class PageQuery extends DriverQuery {
  readonly #keeping: Keeping;

  constructor(config: QueryConfig, keeping: Keeping) {
    super(config);
    this.#keeping = keeping;
  }

  override handleDataRow(message: { readonly length: number }): void {
    if (this.#keeping.keeps(message.length)) super.handleDataRow(message);
  }

  override handlePortalSuspended(connection: { sync(): void }): void {
    const { isCut, rowBytesMax } = this.#keeping.soFar();
    this.rows = portionOf(rowBytesMax);
    // The end of the implicit transaction closes the portal, with what was not read.
    if (isCut) connection.sync();
    else super.handlePortalSuspended(connection);
  }
}
