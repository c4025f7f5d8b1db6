/**
 * How a fact gets its id. The hash and the random bytes come in from outside, so this stays a pure function.
 * UUIDs as in RFC 9562: version 5 is named by content, version 7 by time.
 */
export type Digest = (bytes: Uint8Array) => Uint8Array;

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The namespace of ids made from an MQTT topic and a payload or a device's own message id. Never change it. */
export const observationNamespace = 'b0b1f5a4-7c0e-5d0a-9a53-6d1c5b1f2e77';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => uuidPattern.test(text);

/** 36 characters, lower case, of 16 bytes. */
export const formatUuid = (bytes: Uint8Array): string => {
  const at = (index: number): string => hex[bytes[index] ?? 0] ?? '';
  return (
    `${at(0)}${at(1)}${at(2)}${at(3)}-${at(4)}${at(5)}-${at(6)}${at(7)}-${at(8)}${at(9)}-` +
    `${at(10)}${at(11)}${at(12)}${at(13)}${at(14)}${at(15)}`
  );
};

/** 16 bytes of a UUID's text. */
export const uuidBytes = (uuid: string): Uint8Array => {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
};

const namespaceBytes = uuidBytes(observationNamespace);
const encoder = new TextEncoder();

/**
 * Version 5: SHA-1 of the namespace, the topic, a zero byte (which no MQTT topic holds), and the bytes.
 * The same message has the same id wherever and however often it arrives.
 */
export const contentId = (sha1: Digest, topic: string, bytes: Uint8Array): string => {
  const name = encoder.encode(topic);
  const input = new Uint8Array(16 + name.length + 1 + bytes.length);
  input.set(namespaceBytes, 0);
  input.set(name, 16);
  input.set(bytes, 16 + name.length + 1);
  return formatUuid(stamped(sha1(input).subarray(0, 16), 5));
};

/** Version 7: milliseconds since 1970, then the random bytes (16 of them; the first 6 are overwritten). */
export const timeId = (timeMs: number, random: Uint8Array): string => {
  const bytes = Uint8Array.from(random.subarray(0, 16));
  for (let index = 5, rest = timeMs; index >= 0; index -= 1, rest = Math.floor(rest / 256)) bytes[index] = rest % 256;
  return formatUuid(stamped(bytes, 7));
};

const stamped = (bytes: Uint8Array, version: number): Uint8Array => {
  const uuid = Uint8Array.from(bytes);
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | (version << 4);
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
};
