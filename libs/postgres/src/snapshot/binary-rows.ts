/**
 * Rows out of what COPY writes in its binary form, in the types that columns have here. Unlike text, it has nothing in it that
 * must be taken apart again, and texts that come again are found by their bytes.
 *
 * `PGCOPY\n\xff\r\n\0`, flags, the length of an extension; then for each row a count of fields and, for each, a length (-1: NULL)
 * and that many bytes; a count of -1 at the end (https://www.postgresql.org/docs/current/sql-copy.html). Values as the server's
 * own functions send them: numbers in network order, times as microseconds since 2000, JSON behind the byte 1.
 */
import { type ExportColumn, type ExportRow, repeatedTexts } from '@plenum/runtime';

export type BinaryRows = {
  /** The rows that have come whole with these bytes, which may end anywhere. */
  take(bytes: Buffer): readonly ExportRow[];
  /** Whether the last row has come. */
  isWhole(): boolean;
};

const headerBytes = 19;

export const binaryRows = (columns: readonly ExportColumn[]): BinaryRows => {
  const readers = columns.map(readerOf);
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  let isWhole = false;

  /** Where the row ends that begins here; nothing where it has not come whole. */
  const endOf = (bytes: Buffer, from: number): number | undefined => {
    let at = from + 2;
    for (let field = 0; field < readers.length; field += 1) {
      if (at + 4 > bytes.length) return undefined;
      at += 4 + Math.max(0, bytes.readInt32BE(at));
    }
    return at <= bytes.length ? at : undefined;
  };
  const rowAt = (bytes: Buffer, from: number): ExportRow => {
    const row = new Array<ExportRow[number]>(readers.length);
    let at = from + 2;
    for (let field = 0; field < readers.length; field += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row[field] = length < 0 ? undefined : (readers[field] as Reader)(bytes, at, at + length); // The index is one of theirs.
      if (length > 0) at += length;
    }
    return row;
  };

  return {
    take: (more) => {
      const bytes = rest.length === 0 ? more : Buffer.concat([rest, more]);
      const rows: ExportRow[] = [];
      let at = 0;
      if (!isBegun && bytes.length >= headerBytes) {
        at = headerBytes + bytes.readUInt32BE(headerBytes - 4);
        isBegun = true;
      }
      while (isBegun && !isWhole && at + 2 <= bytes.length) {
        const fields = bytes.readInt16BE(at);
        if (fields === -1) {
          isWhole = true;
          break;
        }
        if (fields !== readers.length) throw new Error(`the server copied ${fields} columns, not ${readers.length}`);
        const end = endOf(bytes, at);
        if (end === undefined) break;
        rows.push(rowAt(bytes, at));
        at = end;
      }
      rest = bytes.subarray(at);
      return rows;
    },
    isWhole: () => isWhole,
  };
};

type Reader = (bytes: Buffer, from: number, to: number) => ExportRow[number];

const readerOf = ({ type }: ExportColumn): Reader => {
  switch (type) {
    case 'text':
      return repeatedTexts();
    case 'jsonb': {
      const text = repeatedTexts();
      return (bytes, from, to) => text(bytes, from + 1, to);
    }
    case 'uuid':
      return uuidText;
    case 'timestamptz':
      return timeUs;
    case 'bigint':
      return (bytes, from) => bytes.readBigInt64BE(from);
    case 'integer':
      return (bytes, from) => bytes.readInt32BE(from);
    case 'double precision':
      return (bytes, from) => bytes.readDoubleBE(from);
    case 'boolean':
      return (bytes, from) => bytes[from] === 1;
  }
};

/** By halves: what counts from 2000 may have one bit more than a number holds. */
const timeUs: Reader = (bytes, from) =>
  (bytes.readInt32BE(from) + epoch.high) * half + (bytes.readUInt32BE(from + 4) + epoch.low);

const half = 2 ** 32;
const epochUs = Date.UTC(2000) * 1_000;
const epoch = { high: Math.floor(epochUs / half), low: epochUs % half };

const digits = Buffer.from('0123456789abcdef');
const shown = Buffer.from('00000000-0000-0000-0000-000000000000');
/** Where in that text the digits of each byte are. */
const places = [...shown.toString().matchAll(/00/g)].map(({ index }) => index);

const uuidText: Reader = (bytes, from) => {
  for (let index = 0; index < places.length; index += 1) {
    const [byte, place] = [bytes[from + index] as number, places[index] as number]; // Both are sixteen.
    shown[place] = digits[byte >> 4] as number;
    shown[place + 1] = digits[byte & 15] as number;
  }
  return shown.toString('latin1');
};
