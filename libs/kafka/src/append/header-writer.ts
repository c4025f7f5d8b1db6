/**
 * The headers of records that come one after another. Names are the same in nearly all of them, and so are most values:
 * what two records in a row have alike is copied as bytes from then on.
 */
import type { Headers } from '@plenum/runtime';
import { textBytesMax, varintBytesMax, writeText, writeVarint } from './batch-bytes.ts';

export type HeaderWriter = {
  /** Looks at a record's headers, which the next call writes. @returns how many bytes that takes, at most. */
  take(headers: Headers): number;
  /** @returns where they end. */
  write(bytes: Buffer, from: number): number;
};

type Column = {
  readonly name: string;
  /** The name with its length. */
  readonly nameBytes: Uint8Array;
  /** What the last record had here. */
  value: string | undefined;
  /** Name and value as bytes, once two records in a row had the same. */
  entry: Uint8Array | undefined;
};

export const headerWriter = (): HeaderWriter => {
  let columns: readonly Column[] = [];
  /** Of the record under way, one for each column. */
  const values: string[] = [];

  /** `undefined` when the names are not those of the columns. */
  const bytesMaxOf = (headers: Headers): number | undefined => {
    let index = 0;
    let bytes = varintBytesMax;
    // `for in` finds each value beside its name; by its name alone it would be looked for.
    for (const name in headers) {
      const one = columns[index];
      if (one === undefined || one.name !== name) return undefined;
      const value = headers[name] as string; // It was just named.
      values[index] = value;
      bytes += one.nameBytes.length + textBytesMax(value);
      index += 1;
    }
    return index === columns.length ? bytes : undefined;
  };

  return {
    take(headers) {
      const bytes = bytesMaxOf(headers);
      if (bytes !== undefined) return bytes;
      columns = Object.keys(headers).map(column);
      return bytesMaxOf(headers) ?? 0;
    },
    write(bytes, from) {
      let at = writeVarint(bytes, from, columns.length);
      for (let index = 0; index < columns.length; index += 1) {
        at = writeEntry(bytes, at, columns[index] as Column, values[index] as string); // As long as each other.
      }
      return at;
    },
  };
};

const column = (name: string): Column => {
  const bytes = Buffer.allocUnsafe(textBytesMax(name));
  return { name, nameBytes: bytes.subarray(0, writeText(bytes, 0, name)), value: undefined, entry: undefined };
};

const writeEntry = (bytes: Buffer, from: number, one: Column, value: string): number => {
  const again = value === one.value;
  if (again && one.entry !== undefined) return copy(bytes, from, one.entry);
  const end = writeText(bytes, copy(bytes, from, one.nameBytes), value);
  one.value = value;
  one.entry = again ? Buffer.from(bytes.subarray(from, end)) : undefined;
  return end;
};

/** A few bytes: a loop over those beats the call into native code. */
const copy = (bytes: Uint8Array, from: number, source: Uint8Array): number => {
  for (let index = 0; index < source.length; index += 1) bytes[from + index] = source[index] as number;
  return from + source.length;
};
