/**
 * Rows as JSON, from the bytes in which PostgreSQL sent them: names are put between the values, texts are escaped, and
 * nothing becomes an object. It says what `JSON.stringify` would say of the rows as objects, in other bytes only where
 * numbers have more digits (or are beyond every double, which objects show as null) and documents have spaces: both stay as
 * PostgreSQL writes them.
 */
import type { JsonPage } from '@plenum/read-model';
import { jsonTypes } from '../sql-types.ts';
import {
  ensure,
  moreMax,
  type Target,
  type WriteValue,
  writeAsIs,
  writeBoolean,
  writeNull,
  writeNumber,
  writePlain,
  writeText,
  writeThrough,
  writeTime,
} from './json-values.ts';

export type WireColumn = {
  readonly name: string;
  /** The type's oid. */
  readonly type: number;
  /** What its text becomes where rows are objects. */
  readonly parse: (text: string) => unknown;
};

/**
 * Rows as they came, by their indexes. A row is its number of values (`int16`), and then of each its length (`int32`, -1
 * for NULL) and its text.
 */
export type WireRows = {
  readonly columns: readonly WireColumn[];
  readonly chunks: readonly Buffer[];
  /** Where they begin in their chunks. */
  readonly starts: readonly number[];
  /** How many bytes they have. */
  readonly sizes: readonly number[];
};

export const valuesFrom = 2;
export const lengthBytes = 4;

const writers: ReadonlyMap<number, WriteValue> = new Map([
  // int8, int2, int4, float4, float8, numeric.
  ...[20, 21, 23, 700, 701, 1700].map((type) => [type, writeNumber] as const),
  // name, text, bpchar, varchar.
  ...[19, 25, 1042, 1043].map((type) => [type, writeText] as const),
  ...[...jsonTypes].map((type) => [type, writeAsIs] as const),
  [2950, writePlain], // uuid.
  [1184, writeTime], // timestamptz.
  [16, writeBoolean], // boolean.
]);

/** What stands around the values of a row. */
type Frame = { readonly names: readonly Buffer[]; readonly writes: readonly WriteValue[]; readonly bytes: number };

/** A statement's columns are one object for all of its pages (see `pageReader`), and so is what is made of them. */
const frames = new WeakMap<readonly WireColumn[], Frame>();

const makeFrame = (columns: readonly WireColumn[]): Frame => {
  const names = columns.map(({ name }, index) => Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`));
  const writes = columns.map(({ type, parse }) => writers.get(type) ?? writeThrough(parse));
  const bytes = names.reduce((sum, { length }) => sum + length + moreMax, aroundRow);
  return { names, writes, bytes };
};

/** Two braces, and the comma before the next row. */
const aroundRow = 3;
/** A cursor and a link. */
const tailBytes = 1_024;

/** The first rows as JSON, between `head` and what `tail` says. @returns a part of a buffer that nobody else has. */
export const rowsAsJson = (rows: WireRows, { rowsMax, bytesMax, head, tail }: JsonPage): Uint8Array => {
  const frame = frames.getOrInsertComputed(rows.columns, makeFrame);
  const wanted = Math.min(rowsMax, rows.sizes.length);
  let bound = head.length + tailBytes;
  for (let index = 0; index < wanted; index += 1) bound += (rows.sizes[index] ?? 0) + frame.bytes;
  // All of it in one, unless something has to be escaped, or a page is so large that it will be cut.
  const target: Target = { bytes: Buffer.allocUnsafe(Math.min(bound, bytesMax + tailBytes)), at: 0, reserve: 0 };
  target.at = target.bytes.write(head);
  const start = target.at;
  let written = 0;
  while (written < wanted) {
    const before = target.at;
    if (written > 0) target.bytes[target.at++] = 0x2c; // ,
    writeRow(target, frame, rows, written);
    if (written > 0 && target.at - start > bytesMax) {
      target.at = before;
      break;
    }
    written += 1;
  }
  const end = tail(written);
  ensure(target, Buffer.byteLength(end));
  target.at += target.bytes.write(end, target.at);
  return target.bytes.subarray(0, target.at);
};

const writeRow = (target: Target, { names, writes, bytes: around }: Frame, rows: WireRows, index: number): void => {
  const bytes = rows.chunks[index] as Buffer;
  target.reserve = (rows.sizes[index] ?? 0) + around;
  ensure(target, target.reserve);
  let at = (rows.starts[index] ?? 0) + valuesFrom;
  if (names.length === 0) target.bytes[target.at++] = 0x7b; // {
  for (let column = 0; column < names.length; column += 1) {
    const name = names[column] as Buffer;
    writeAsIs(target, name, 0, name.length);
    const length = bytes.readInt32BE(at);
    at += lengthBytes;
    if (length < 0) writeNull(target);
    else {
      (writes[column] as WriteValue)(target, bytes, at, at + length);
      at += length;
    }
  }
  target.bytes[target.at++] = 0x7d; // }
};
