/** The fields of one whole packet, one after the other. */
import { ProtocolViolation } from './protocol-violation.ts';
import { textProblem } from './utf8.ts';

export type Fields = {
  byte(what: string): number;
  /** Two bytes. */
  number(what: string): number;
  /** As many bytes as the two before them say. */
  bytes(what: string): Uint8Array;
  /** The same, as text. */
  text(what: string): string;
  hasMore(): boolean;
  /** Nothing may be left. */
  end(): void;
};

/**
 * Reads `bytes` from `at` to `end`.
 * @throws {ProtocolViolation} when a field runs past the end, is no text though it should be, or something is left over.
 */
export const fieldsOf = (packet: string, bytes: Uint8Array, from: number, end: number): Fields => {
  let at = from;
  const take = (length: number, what: string): number => {
    if (at + length > end) throw new ProtocolViolation(`a ${packet} that ends inside its ${what}`);
    at += length;
    return at - length;
  };
  const number = (what: string): number => {
    const start = take(2, what);
    return (bytes[start] ?? 0) * 256 + (bytes[start + 1] ?? 0);
  };
  const field = (what: string): Uint8Array => {
    const length = number(what);
    const start = take(length, what);
    return bytes.subarray(start, start + length);
  };
  return {
    byte: (what) => bytes[take(1, what)] ?? 0,
    number,
    bytes: field,
    text: (what) => {
      const text = field(what);
      const problem = textProblem(text, 0, text.length);
      if (problem !== undefined) throw new ProtocolViolation(`a ${packet} whose ${what} ${problem}`);
      return Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8');
    },
    hasMore: () => at < end,
    end: () => {
      if (at < end) throw new ProtocolViolation(`a ${packet} with ${end - at} bytes left over`);
    },
  };
};
