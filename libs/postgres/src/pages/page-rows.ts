/** Rows of a page as they came: objects only where somebody asks for them, each time anew. */
import type { JsonPage, Rows } from '@plenum/read-model';
import { lengthBytes, rowsAsJson, valuesFrom, type WireColumn, type WireRows } from './row-json.ts';

export class PageRows<R> implements Rows<R> {
  readonly #rows: WireRows;
  readonly bytes?: number;
  readonly isCut?: boolean;

  constructor(rows: WireRows, marks: Pick<Rows<R>, 'bytes' | 'isCut'>) {
    this.#rows = rows;
    Object.assign(this, marks);
  }

  get length(): number {
    return this.#rows.starts.length;
  }

  at(index: number): R | undefined {
    const { columns, chunks, starts } = this.#rows;
    const place = index < 0 ? starts.length + index : index;
    const chunk = chunks[place];
    // The statement names the columns that a row has.
    return chunk === undefined ? undefined : (rowAt(columns, chunk, starts[place] ?? 0) as R);
  }

  *[Symbol.iterator](): Generator<R, undefined> {
    const { columns, chunks, starts } = this.#rows;
    for (const [index, chunk] of chunks.entries()) yield rowAt(columns, chunk, starts[index] ?? 0) as R; // As said.
  }

  map<T>(show: (row: R) => T): T[] {
    return Array.from(this, show);
  }

  writeJson(page: JsonPage): Uint8Array {
    return rowsAsJson(this.#rows, page);
  }
}

const rowAt = (columns: readonly WireColumn[], bytes: Buffer, start: number): Readonly<Record<string, unknown>> => {
  const row: Record<string, unknown> = {};
  let at = start + valuesFrom;
  for (const { name, parse } of columns) {
    const length = bytes.readInt32BE(at);
    at += lengthBytes;
    row[name] = length < 0 ? null : parse(bytes.toString('utf8', at, at + length));
    if (length > 0) at += length;
  }
  return row;
};
