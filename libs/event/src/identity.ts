/**
 * How an event gets its id. The hash and the random bytes come in from outside, so this stays a pure function.
 * UUIDs as in RFC 9562: version 5 is named by content, version 7 by time.
 */

/**
 * Of bytes that change once it has returned, in hexadecimal digits, lower case: a text of its own is made for half of what a
 * buffer takes.
 */
export type Digest = (bytes: Uint8Array) => string;

/** The namespace of ids made from an MQTT topic and a payload or a device's own message id. Never change it. */
export const observationNamespace = 'b0b1f5a4-7c0e-5d0a-9a53-6d1c5b1f2e77';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => uuidPattern.test(text);

/** 36 characters, lower case, of 16 bytes. */
export const formatUuid = (bytes: Uint8Array): string => {
  writeDigits(bytes);
  return String.fromCharCode(...characters);
};

/** The digits that are written, with the version, and the variant that all versions of today have, in their places. */
const asVersion = (version: number): string => {
  characters[14] = hexDigit(version);
  characters[19] = hexDigit(0x8 | (digitValue(characters[19] ?? 0) & 0x3));
  return String.fromCharCode(...characters);
};

/** An id is written here and made one text of: joined from sixteen pieces it would cost three times as much. */
const hyphen = 0x2d;
const characters = new Array<number>(36).fill(hyphen);
/** Where the two digits of each byte stand. */
const digitPlaces = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const writeDigits = (bytes: Uint8Array): void => {
  for (let index = 0; index < 16; index += 1) {
    const byte = bytes[index] ?? 0;
    const place = digitPlaces[index] ?? 0;
    characters[place] = hexDigit(byte >> 4);
    characters[place + 1] = hexDigit(byte & 0x0f);
  }
};

/** The first 32 of a digest's digits. */
const copyDigits = (digits: string): void => {
  for (let index = 0; index < 16; index += 1) {
    const place = digitPlaces[index] ?? 0;
    characters[place] = digits.charCodeAt(2 * index);
    characters[place + 1] = digits.charCodeAt(2 * index + 1);
  }
};

const hexDigit = (value: number): number => value + (value < 10 ? 0x30 : 0x57);
const digitValue = (digit: number): number => digit - (digit < 0x57 ? 0x30 : 0x57);

/** 16 bytes of a UUID's text. */
export const uuidBytes = (uuid: string): Uint8Array => {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
};

const namespaceBytes = uuidBytes(observationNamespace);
const encoder = new TextEncoder();

/** What is hashed is put together here, over and over: it is of no use once it has been hashed. */
let named = new Uint8Array(4096);
named.set(namespaceBytes);

/**
 * Version 5: SHA-1 of the namespace, the topic, a zero byte (which no MQTT topic holds), and the bytes.
 * The same message has the same id wherever and however often it arrives.
 */
export const contentId = (sha1: Digest, topic: string, bytes: Uint8Array): string => {
  const sizeMax = 16 + topic.length * 3 + 1 + bytes.length;
  if (sizeMax > named.length) {
    named = new Uint8Array(sizeMax * 2);
    named.set(namespaceBytes);
  }
  const end = 16 + encoder.encodeInto(topic, named.subarray(16)).written;
  named[end] = 0;
  named.set(bytes, end + 1);
  copyDigits(sha1(named.subarray(0, end + 1 + bytes.length)));
  return asVersion(5);
};

/** Version 5, of a namespace of its own, such as the id of what something is part of (RFC 9562, 5.5). */
export const nameId = (sha1: Digest, namespace: string, name: string): string => {
  const nameBytes = encoder.encode(name);
  const bytes = new Uint8Array(16 + nameBytes.length);
  bytes.set(uuidBytes(namespace));
  bytes.set(nameBytes, 16);
  copyDigits(sha1(bytes));
  return asVersion(5);
};

/** Version 7: milliseconds since 1970, then the random bytes (16 of them; the first 6 are overwritten). */
export const timeId = (timeMs: number, random: Uint8Array): string => {
  const bytes = Uint8Array.from(random.subarray(0, 16));
  for (let index = 5, rest = timeMs; index >= 0; index -= 1, rest = Math.floor(rest / 256)) bytes[index] = rest % 256;
  writeDigits(bytes);
  return asVersion(7);
};
