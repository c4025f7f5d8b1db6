/**
 * Text in MQTT packets (MQTT 3.1.1, 1.5.3; 5, 1.5.4), looked at as bytes: a decoder replaces what is ill-formed, and then two
 * different names read the same.
 */
import { isUtf8 as isWellFormed } from 'node:buffer';

/** Whether a payload is what its payload format indicator 1 says (MQTT 5, 3.3.2.3.2). A null character may be in it. */
export const isUtf8 = (payload: Uint8Array): boolean => isWellFormed(payload);

/**
 * The bytes as text; `undefined` when they are no text of MQTT. A byte order mark stays [MQTT-1.5.4-3].
 */
export const textOf = (bytes: Buffer, from: number, end: number): string | undefined => {
  let at = from;
  while (at < end && isPlain(bytes[at] ?? 0)) at += 1;
  if (at === end) return bytes.toString('latin1', from, end);
  return textProblem(bytes, at, end) === undefined ? bytes.toString('utf8', from, end) : undefined;
};

/** ASCII but for null. */
const isPlain = (byte: number): boolean => byte > 0 && byte < 0x80;

/**
 * How many bytes the character at `at` has; 0 when what is there before `end` is ill-formed. Overlong forms, surrogates,
 * what lies beyond U+10FFFF and what is cut off are (Unicode, table 3-7).
 */
export const characterBytes = (bytes: Uint8Array, at: number, end: number): number => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1] ?? 0;
  if (second < lowestSecond(first) || second > highestSecond(first)) return 0;
  for (let index = at + 2; index < at + length; index += 1) {
    if (!isContinuation(bytes[index] ?? 0)) return 0;
  }
  return length;
};

const lowestSecond = (first: number): number => (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80);

const highestSecond = (first: number): number => (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf);

const isContinuation = (byte: number): boolean => byte >= 0x80 && byte <= 0xbf;

/** Why these bytes are no text of MQTT; `undefined` when they are. */
export const textProblem = (bytes: Uint8Array, from: number, end: number): string | undefined => {
  for (let at = from; at < end; ) {
    if (bytes[at] === 0) return 'holds a null character';
    const length = characterBytes(bytes, at, end);
    if (length === 0) return `is not well-formed UTF-8 (${hex(bytes[at] ?? 0)} at byte ${at - from})`;
    at += length;
  }
  return undefined;
};

/**
 * Bytes that are no text of MQTT, as text that distinguishes them from all others: null and what is ill-formed as
 * `\xfc`, and a backslash as two.
 */
export const shownBytes = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let shown = '';
  for (let at = 0; at < text.length; ) {
    const byte = text[at] ?? 0;
    const length = byte === 0 ? 0 : characterBytes(text, at, text.length);
    if (length === 0) shown += `\\x${hex(byte)}`;
    else if (byte === backslash) shown += '\\\\';
    else shown += text.toString('utf8', at, at + length);
    at += length === 0 ? 1 : length;
  }
  return shown;
};

const backslash = 0x5c;

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
