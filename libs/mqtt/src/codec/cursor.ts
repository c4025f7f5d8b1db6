/** The fields of one whole packet, one after the other. */
import { ProtocolViolation } from './protocol-violation.ts';
import { reason } from './reason-codes.ts';
import { textOf, textProblem } from './utf8.ts';
import { variableIntegerBytes } from './variable-integer.ts';

/** Where reading has come to in `bytes`; all that follows up to `end` belongs to it. */
export type Cursor = {
  /** For messages: "a CONNECT". */
  readonly packet: string;
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
};

export const cursorOf = (packet: string, bytes: Buffer, at: number, end: number): Cursor => ({
  packet,
  bytes,
  at,
  end,
});

/** What a malformed packet is refused with (MQTT 5, 4.13). */
export const malformed = (message: string): ProtocolViolation => new ProtocolViolation(message, reason.malformedPacket);

/** What a packet is refused with that is well-formed and not allowed (MQTT 5, 4.13). */
export const protocolError = (message: string): ProtocolViolation =>
  new ProtocolViolation(message, reason.protocolError);

/** Goes on by so many bytes, and returns where they begin. @throws {ProtocolViolation} when so many are not there. */
const take = (cursor: Cursor, length: number, what: string): number => {
  const { at } = cursor;
  if (at + length > cursor.end) throw malformed(`${cursor.packet} that ends inside its ${what}`);
  cursor.at = at + length;
  return at;
};

export const takeByte = (cursor: Cursor, what: string): number => cursor.bytes[take(cursor, 1, what)] ?? 0;

export const takeTwoBytes = (cursor: Cursor, what: string): number => {
  const at = take(cursor, 2, what);
  return ((cursor.bytes[at] ?? 0) << 8) | (cursor.bytes[at + 1] ?? 0);
};

export const takeFourBytes = (cursor: Cursor, what: string): number => cursor.bytes.readUInt32BE(take(cursor, 4, what));

/** MQTT 5, 1.5.5. */
export const takeVariableInteger = (cursor: Cursor, what: string): number => {
  let value = 0;
  for (let bytes = 1; bytes <= 4; bytes += 1) {
    const byte = takeByte(cursor, what);
    value |= (byte & 0x7f) << (7 * (bytes - 1));
    if (byte >= 0x80) continue;
    if (bytes !== variableIntegerBytes(value)) throw malformed(`${cursor.packet} whose ${what} has needless bytes`);
    return value;
  }
  throw malformed(`${cursor.packet} whose ${what} has more than four bytes`);
};

/** As many bytes as the two before them say; a view. */
export const takeBytes = (cursor: Cursor, what: string): Uint8Array => {
  const length = takeTwoBytes(cursor, what);
  const from = take(cursor, length, what);
  return cursor.bytes.subarray(from, from + length);
};

/** The same, as text (MQTT 5, 1.5.4). */
export const takeText = (cursor: Cursor, what: string): string => {
  const { bytes } = cursor;
  const length = takeTwoBytes(cursor, what);
  const from = take(cursor, length, what);
  const text = textOf(bytes, from, from + length);
  if (text === undefined) {
    throw malformed(`${cursor.packet} whose ${what} ${textProblem(bytes, from, from + length) ?? 'is no text'}`);
  }
  return text;
};

export const takePacketId = (cursor: Cursor): number => {
  const id = takeTwoBytes(cursor, 'packet id');
  if (id === 0) throw malformed(`${cursor.packet} with packet id 0`);
  return id;
};

export const hasMore = (cursor: Cursor): boolean => cursor.at < cursor.end;

/** Nothing may be left. */
export const finish = (cursor: Cursor): void => {
  if (cursor.at < cursor.end) throw malformed(`${cursor.packet} with ${cursor.end - cursor.at} bytes left over`);
};
