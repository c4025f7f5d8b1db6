/** The inverse of `batch-writer.ts`, where the layout is described. */
import { crc32 } from 'node:zlib';
import type { Headers, LogRecord } from '@plenum/runtime';
import { bodyStart, bodyVersion } from './batch-writer.ts';

type Shape = { readonly names: readonly string[]; readonly columns: readonly string[][] };

/**
 * The records of one batch. Values are views into `body`.
 * @throws when the bytes are not what was written: the log is damaged, and nothing that reads it may go on.
 */
export const readBatch = (body: Buffer, firstOffset: bigint): readonly LogRecord[] => {
  if (body[0] !== bodyVersion) throw new Error(`a log batch of version ${body[0]} at ${firstOffset} cannot be read`);
  if (body.length < bodyStart || body.readUInt32BE(1) !== crc32(body.subarray(bodyStart))) {
    throw new Error(`the log batch at ${firstOffset} is damaged: its checksum does not match`);
  }
  let at = bodyStart;

  const unsigned = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = body[at++] as number; // The checksum says that the bytes are there.
      if (byte < 0x80) return value + byte * scale;
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

  const shapes: Shape[] = [];
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
    if (entry > 1) return column[entry - 2] as string; // Written before it is referred to.
    const value = text();
    if (entry === 1) column.push(value);
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
  const records: LogRecord[] = new Array(count);
  for (let index = 0; index < count; index += 1) {
    const timestampMs = baseMs + signed();
    const key = text();
    const length = unsigned();
    at += length;
    const value = body.subarray(at - length, at);
    records[index] = { offset: firstOffset + BigInt(index), timestampMs, key, value, headers: readHeaders() };
  }
  return records;
};
