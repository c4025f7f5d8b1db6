/**
 * A query for a list whose rows may be large: as long as they are small it is one round trip like any other, and what is
 * too much is not kept. A server cannot be told to stop in the middle of a portion, so a portion is a bounded number of
 * rows; what still comes of it is dropped as it arrives.
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
};

/** Rows in one portion. What fits into one is asked for as ever, without another round trip. */
export const portionRows = 128;

/**
 * At most `rowsMax` rows, fewer when their bytes are full: then `isCut` is set, and the next page goes on after the last.
 * Rejects with the driver's own errors.
 */
export const queryPage = async <R>(
  pool: Pick<pg.Pool, 'query'>,
  { name, text, values }: PageStatement,
  { rowsMax, ...bounds }: PageBounds & { readonly rowsMax: number },
): Promise<Rows<R>> => {
  const portion = rowsMax > portionRows ? { rows: portionRows } : {};
  const query = new pg.Query({ name, text, values: [...values], ...portion }) as Steered;
  const keeping = keepWithin(bounds);
  steer(query, keeping);
  try {
    // The pool runs a query that was made before like any other, and answers with its result.
    const answered: unknown = pool.query(query);
    const { rows } = await (answered as Promise<{ readonly rows: readonly R[] }>);
    const { bytes, isCut } = keeping.soFar();
    // What is small stays a plain list: most pages are, and the engine writes those fastest.
    return isCut || bytes > bounds.smallBytes ? Object.assign(rows, { bytes, isCut }) : rows;
  } finally {
    keeping.end();
  }
};

type Keeping = {
  /** Whether a row of so many bytes is kept. Once one was not, none is. */
  keeps(bytes: number): boolean;
  soFar(): { readonly bytes: number; readonly isCut: boolean };
  end(): void;
};

const keepWithin = ({ smallBytes, bytesMax, grow }: PageBounds): Keeping => {
  let bytes = 0;
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
      const isFirst = bytes === 0;
      if (!mayHave(bytes + more) && !isFirst) isCut = true;
      else bytes += more;
      return !isCut;
    },
    soFar: () => ({ bytes, isCut }),
    end: () => shrink?.(),
  };
};

/** What node-postgres calls on a query for every message of its answer; its types do not show it. */
type Steered = pg.Query & {
  handleDataRow(message: { readonly length: number }): void;
  handlePortalSuspended(connection: { sync(): void }): void;
};

const steer = (query: Steered, { keeps, soFar }: Keeping): void => {
  const { handleDataRow, handlePortalSuspended } = query;
  query.handleDataRow = (message) => {
    if (keeps(message.length)) handleDataRow.call(query, message);
  };
  query.handlePortalSuspended = (connection) => {
    // The end of the implicit transaction, which closes the portal with what was not read.
    if (soFar().isCut) connection.sync();
    else handlePortalSuspended.call(query, connection);
  };
};
