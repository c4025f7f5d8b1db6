/** The inverse of `batch-writer.ts`, where the layout is described. */
import { type Headers, type LogRecord, readUuid, uuidByteCount } from '@plenum/runtime';
import { entries, eventShape } from './batch-writer.ts';
import { damaged, openBody } from './body-form.ts';

type Shape = { readonly names: readonly string[]; readonly columns: readonly string[][] };

const shapesFromStart = (): Shape[] => [
  { names: eventShape.map(([name]) => name), columns: eventShape.map(([, remembered]) => [...remembered]) },
];

/**
 * The records of one batch. Values are views into its body, as it was stored or as zstd has made it.
 * @throws when the bytes are not what was written: the log is damaged, and nothing that reads it may go on.
 */
export const readBatch = (stored: Buffer, firstOffset: bigint): readonly LogRecord[] => {
  const body = openBody(stored, firstOffset);
  let at = 0;

  const unsigned = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = body[at++] as number; // The checksum says that the bytes are there.
      if (byte < 0x80) return value + byte * scale;
      if (at > body.length) throw damaged(firstOffset, 'it ends within a record');
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
  };
  const signed = (): number => {
    const value = unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const text = (): string => {
    const length = unsigned();
    at += length;
    return body.toString('utf8', at - length, at);
  };

  const uuid = (): string => {
    at += uuidByteCount;
    return readUuid(body, at - uuidByteCount);
  };

  const shapes = shapesFromStart();
  const shape = (): Shape => {
    const index = unsigned();
    if (index > 0) return shapes[index - 1] as Shape; // Written before it is referred to.
    const names = Array.from({ length: unsigned() }, text);
    const made: Shape = { names, columns: names.map(() => []) };
    shapes.push(made);
    return made;
  };
  const header = (column: string[]): string => {
    const entry = unsigned();
    if (entry >= entries.remembered) return column[entry - entries.remembered] as string; // Written before.
    const value = entry >= entries.uuid ? uuid() : text();
    if (entry === entries.newText || entry === entries.newUuid) column.push(value);
    return value;
  };
  const readHeaders = (): Headers => {
    const { names, columns } = shape();
    const headers: Record<string, string> = {};
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] as string; // Both lists have this shape's length.
      const value = header(columns[index] as string[]);
      if (name === '__proto__') Object.defineProperty(headers, name, { value, enumerable: true });
      else headers[name] = value;
    }
    return headers;
  };

  const baseMs = signed();
  const count = body.readUInt32BE(at);
  at += 4;
  if (count > body.length) throw damaged(firstOffset, `it has ${count} records in ${body.length} bytes`);
  const records: LogRecord[] = new Array(count);
  for (let index = 0; index < count; index += 1) {
    const timestampMs = baseMs + signed();
    const key = text();
    const length = unsigned();
    at += length;
    const value = body.subarray(at - length, at);
    records[index] = { offset: firstOffset + BigInt(index), timestampMs, key, value, headers: readHeaders() };
  }
  if (at !== body.length) throw damaged(firstOffset, `its records have ${at} of ${body.length} bytes`);
  return records;
};
