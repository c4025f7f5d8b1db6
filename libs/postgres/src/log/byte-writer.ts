/** What numbers, texts and bytes are written to, one after another. */
import { uuidByteCount, uuidLength, writeUuid } from '@plenum/runtime';

/** One buffer that grows and is used again and again. */
export type ByteWriter = {
  /** Where the next byte goes. */
  readonly at: () => number;
  /** Leaves this many bytes to be filled in later. */
  skip(bytes: number): void;
  /** A whole number from 0 up: 7 bits a byte, low first. */
  unsigned(value: number): void;
  /** A whole number, zigzag, so that small negative ones stay short. */
  signed(value: number): void;
  /** Length in bytes, then UTF-8. */
  text(value: string): void;
  /** Length, then the bytes. */
  bytes(value: Uint8Array): void;
  /** A UUID of 36 characters, lower case, as 16 bytes behind one that says so. Writes nothing for any other text. */
  uuid(before: number, value: string): boolean;
  /** Forgets what was written from there on. */
  back(to: number): void;
  /** What was written, as a view that further writing may invalidate. */
  view(from: number): Buffer;
  reset(): void;
};

const firstBytes = 256 * 1024;
/** A buffer that something huge made larger than this is let go. */
const keptBytesMax = 8 * 1024 * 1024;
/** The longest varint of a safe integer is 8 bytes. */
const varintBytesMax = 8;
/** Up to here a text's length fits one byte, whatever its characters are. */
const shortTextMax = 42;

export const byteWriter = (): ByteWriter => {
  let buffer = Buffer.allocUnsafe(firstBytes);
  let at = 0;

  const reserve = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const unsigned = (value: number): void => {
    reserve(varintBytesMax);
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    buffer[at++] = rest;
  };
  /** What has its length in one byte is written before anybody knows that length: it need not be counted first. */
  const shortText = (value: string): void => {
    reserve(value.length * 3 + 1);
    const length = buffer.write(value, at + 1);
    buffer[at] = length;
    at += 1 + length;
  };

  return {
    at: () => at,
    skip(bytes) {
      reserve(bytes);
      at += bytes;
    },
    unsigned,
    signed: (value) => unsigned(value < 0 ? -value * 2 - 1 : value * 2),
    text(value) {
      if (value.length <= shortTextMax) {
        shortText(value);
        return;
      }
      const length = Buffer.byteLength(value);
      unsigned(length);
      reserve(length);
      at += buffer.write(value, at, length, 'utf8');
    },
    bytes(value) {
      unsigned(value.length);
      reserve(value.length);
      buffer.set(value, at);
      at += value.length;
    },
    uuid(before, value) {
      if (value.length !== uuidLength) return false;
      reserve(1 + uuidByteCount);
      if (!writeUuid(value, buffer, at + 1)) return false;
      buffer[at] = before;
      at += 1 + uuidByteCount;
      return true;
    },
    back(to) {
      at = to;
    },
    view: (from) => buffer.subarray(from, at),
    reset() {
      if (buffer.length > keptBytesMax) buffer = Buffer.allocUnsafe(firstBytes);
      at = 0;
    },
  };
};
