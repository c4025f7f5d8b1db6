/** Reads what a server sends, strictly: what no server may send is a `Malformed`. */

export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** A packet as bytes: its first byte, and what is behind its remaining length. */
export type Frame = { readonly first: number; readonly body: Buffer };

/** The next frame of `bytes` and what is behind it; `undefined` while it is not whole. */
export const nextFrame = (bytes: Buffer): { readonly frame: Frame; readonly rest: Buffer } | undefined => {
  const { value, end } = variableAt(bytes, 1) ?? {};
  if (value === undefined || end === undefined || bytes.length < end + value) return undefined;
  const frame = { first: bytes[0] ?? 0, body: bytes.subarray(end, end + value) };
  return { frame, rest: bytes.subarray(end + value) };
};

const variableAt = (bytes: Buffer, start: number): { readonly value: number; readonly end: number } | undefined => {
  let value = 0;
  for (let at = start, factor = 1; at < bytes.length && at < start + 4; at += 1, factor *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
};

export type Cursor = {
  byte(): number;
  number(): number;
  long(): number;
  variable(): number;
  bytes(): Buffer;
  text(): string;
  rest(): Buffer;
  readonly left: number;
  /** A cursor of its own over the next bytes. */
  part(length: number): Cursor;
};

export const cursorOf = (body: Buffer): Cursor => {
  let at = 0;
  const take = (count: number): Buffer => {
    if (at + count > body.length) throw new Malformed('it ends too early');
    at += count;
    return body.subarray(at - count, at);
  };
  const number = (): number => take(2).readUInt16BE();
  return {
    byte: () => take(1).readUInt8(),
    number,
    long: () => take(4).readUInt32BE(),
    variable: () => {
      const { value, end } = variableAt(body, at) ?? {};
      if (value === undefined || end === undefined) throw new Malformed('a variable byte integer has no end');
      at = end;
      return value;
    },
    bytes: () => take(number()),
    text: () => decoder.decode(take(number())),
    rest: () => take(body.length - at),
    get left() {
      return body.length - at;
    },
    part: (length) => cursorOf(take(length)),
  };
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
