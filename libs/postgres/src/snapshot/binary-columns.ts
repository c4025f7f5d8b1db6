/**
 * Columns out of what COPY writes in its binary form, in the types that they have here. Unlike text, it has nothing in it that
 * must be taken apart again.
 *
 * `PGCOPY\n\xff\r\n\0`, flags, the length of an extension; then for each row a count of fields and, for each, a length (-1: NULL)
 * and that many bytes; a count of -1 at the end (https://www.postgresql.org/docs/current/sql-copy.html). Values as the server's
 * own functions send them: numbers in network order, times as microseconds since 2000, JSON behind the byte 1.
 */
import {
  type ColumnBatch,
  type ColumnMemory,
  type ColumnValues,
  type ExportColumn,
  uuidByteCount,
} from '@plenum/runtime';

export type BinaryColumns = {
  /** The rows that have come whole with these bytes, which may end anywhere. */
  take(bytes: Buffer): ColumnBatch;
  /** Whether the last row has come. */
  isWhole(): boolean;
};

const headerBytes = 19;

export const binaryColumns = (columns: readonly ExportColumn[]): BinaryColumns => {
  const readers = columns.map(readerOf);
  const width = columns.length;
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  let isWhole = false;
  /** Where the length of each field stands, row after row; of a NULL the bits of that place. Kept for the next bytes. */
  let places = new Int32Array(1024 * width);

  /** Notes where the fields of one row are. Answers where it ends, or nothing where it has not come whole. */
  const findRow = (view: DataView, from: number, first: number): number | undefined => {
    let at = from + 2;
    for (let field = 0; field < width; field += 1) {
      if (at + 4 > view.byteLength) return undefined;
      const length = view.getInt32(at);
      places[first + field] = length < 0 ? ~at : at;
      at += 4 + (length < 0 ? 0 : length);
    }
    return at <= view.byteLength ? at : undefined;
  };

  return {
    take: (more) => {
      const bytes = rest.length === 0 ? more : Buffer.concat([rest, more]);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let at = 0;
      let rows = 0;
      if (!isBegun && bytes.length >= headerBytes) {
        at = headerBytes + view.getUint32(headerBytes - 4);
        isBegun = true;
      }
      while (isBegun && !isWhole && at + 2 <= bytes.length) {
        const fields = view.getInt16(at);
        if (fields === -1) {
          isWhole = true;
          break;
        }
        if (fields !== width) throw new Error(`the server copied ${fields} columns, not ${width}`);
        if ((rows + 1) * width > places.length) places = grown(places);
        const end = findRow(view, at, rows * width);
        if (end === undefined) break;
        rows += 1;
        at = end;
      }
      rest = bytes.subarray(at);
      const found = { bytes, view, places, width, rows };
      return { rows, columns: readers.map((read, column) => read(found, column)) };
    },
    isWhole: () => isWhole,
  };
};

const grown = (places: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const more = new Int32Array(places.length * 2);
  more.set(places);
  return more;
};

/** Rows whose fields were found. */
type Found = {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly places: Int32Array;
  readonly width: number;
  readonly rows: number;
};

type Reader = (found: Found, column: number) => ColumnValues;

const readerOf = ({ type }: ExportColumn): Reader => {
  switch (type) {
    case 'text':
      return texts(0);
    case 'jsonb':
      return texts(1);
    case 'uuid':
      return ({ bytes, ...found }, column) => {
        const values = new Uint8Array(found.rows * uuidByteCount);
        return each(found, column, values, (at, row) => {
          for (let index = 0; index < uuidByteCount; index += 1) {
            values[row * uuidByteCount + index] = bytes[at + index] as number; // The field has as many.
          }
        });
      };
    case 'timestamptz':
      return ({ view, ...found }, column) => {
        const values = new Float64Array(found.rows);
        return each(found, column, values, (at, row) => (values[row] = timeUs(view, at)));
      };
    case 'bigint':
      return ({ view, ...found }, column) => {
        const values = new BigInt64Array(found.rows);
        const halves = new Int32Array(values.buffer);
        return each(found, column, values, (at, row) => {
          halves[2 * row] = view.getInt32(at + 4);
          halves[2 * row + 1] = view.getInt32(at);
        });
      };
    case 'integer':
      return ({ view, ...found }, column) => {
        const values = new Int32Array(found.rows);
        return each(found, column, values, (at, row) => (values[row] = view.getInt32(at)));
      };
    case 'double precision':
      return ({ view, ...found }, column) => {
        const values = new Float64Array(found.rows);
        return each(found, column, values, (at, row) => (values[row] = view.getFloat64(at)));
      };
    case 'boolean':
      return ({ bytes, ...found }, column) => {
        const values = new Uint8Array(found.rows);
        return each(found, column, values, (at, row) => (values[row] = bytes[at] as number));
      };
  }
};

/** @param behind how many bytes of a field come before its text. */
const texts =
  (behind: number): Reader =>
  ({ bytes, view, ...found }, column) => {
    const { places, width, rows } = found;
    const ends = new Int32Array(rows);
    let length = 0;
    for (let row = 0; row < rows; row += 1) {
      const place = places[row * width + column] as number; // Noted a moment ago.
      if (place >= 0) length += view.getInt32(place) - behind;
      ends[row] = length;
    }
    const all = new Uint8Array(length);
    let end = 0;
    return each(found, column, { bytes: all, ends }, (at, row) => {
      bytes.copy(all, end, at + behind, at + view.getInt32(at - 4));
      end = ends[row] as number; // As many as there are rows.
    });
  };

/** Reads the fields that are there, each into its row. */
const each = (
  { places, width, rows }: Pick<Found, 'places' | 'width' | 'rows'>,
  column: number,
  values: ColumnMemory,
  read: (at: number, row: number) => void,
): ColumnValues => {
  let nulls: Uint8Array | undefined;
  for (let row = 0; row < rows; row += 1) {
    const place = places[row * width + column] as number; // Noted a moment ago.
    if (place < 0) {
      nulls ??= new Uint8Array(rows);
      nulls[row] = 1;
    } else {
      read(place + 4, row);
    }
  }
  return { values, ...(nulls && { nulls }) };
};

/** By halves: what counts from 2000 may have one bit more than a number holds. */
const timeUs = (view: DataView, at: number): number =>
  (view.getInt32(at) + epoch.high) * half + (view.getUint32(at + 4) + epoch.low);

const half = 2 ** 32;
const epochUs = Date.UTC(2000) * 1_000;
const epoch = { high: Math.floor(epochUs / half), low: epochUs % half };
