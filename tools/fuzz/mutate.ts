/** Bytes that are nearly right: what a flaky line, a bad client and an attacker send. */
import type { Numbers } from '@plenum/simulation';

/** A whole number from 0 up to but without `end`. */
export const below = (numbers: Numbers, end: number): number => Math.floor(numbers() * end);

/** @throws when there is nothing to choose from. */
export const oneOf = <T>(numbers: Numbers, items: readonly T[]): T => {
  if (items.length === 0) throw new Error('there is nothing to choose from');
  return items[below(numbers, items.length)] as T; // The index is inside.
};

export const randomBytes = (numbers: Numbers, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += 1) bytes[at] = below(numbers, 256);
  return bytes;
};

type Change = (bytes: Buffer, numbers: Numbers) => Buffer;

/** Bytes at which programs take a wrong turn: zero, the signs' edge, quotes, continuation bits, UTF-8 surrogates. */
const telling = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xc0, 0xed, 0xa0, 0x22, 0x5c, 0x7b, 0x5b, 0x2f, 0x23, 0x2b, 0x24];

const changes: readonly Change[] = [
  (bytes, numbers) => {
    const at = below(numbers, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(numbers, 8));
    return bytes;
  },
  (bytes, numbers) => {
    bytes[below(numbers, bytes.length)] = oneOf(numbers, telling);
    return bytes;
  },
  (bytes, numbers) => bytes.subarray(0, below(numbers, bytes.length)),
  (bytes, numbers) => bytes.subarray(below(numbers, bytes.length)),
  (bytes, numbers) => {
    const at = below(numbers, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), randomBytes(numbers, 1 + below(numbers, 8)), bytes.subarray(at)]);
  },
  (bytes, numbers) => {
    const from = below(numbers, bytes.length);
    const to = from + below(numbers, bytes.length - from);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, numbers) => {
    const from = below(numbers, bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + below(numbers, 16))]);
  },
];

/** A copy with one to four changes. */
export const mutated = (numbers: Numbers, bytes: Uint8Array): Buffer => {
  let copy: Buffer = Buffer.from(bytes);
  for (let left = 1 + below(numbers, 4); left > 0; left -= 1) {
    copy = copy.length === 0 ? randomBytes(numbers, 1 + below(numbers, 8)) : oneOf(numbers, changes)(copy, numbers);
  }
  return copy;
};
