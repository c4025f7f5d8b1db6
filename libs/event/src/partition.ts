/**
 * Which partition a key belongs to: murmur2 as the Java client and librdkafka's `murmur2` partitioner compute it,
 * so that any client that writes or joins on our keys lands where we do.
 */
export const partitionOf = (key: string, partitions: number): number => (hashOf(key) & 0x7fffffff) % partitions;

/** Keys are short and nearly always ASCII: a loop beats the encoder's view of its bytes and call into native code. */
const hashOf = (key: string): number => {
  if (key.length * 3 > keyBytes.length) keyBytes = new Uint8Array(key.length * 6);
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    if (code > 0x7f) return hash(keyBytes, encoder.encodeInto(key, keyBytes).written);
    keyBytes[at] = code;
  }
  return hash(keyBytes, key.length);
};

const encoder = new TextEncoder();
/** Every key is encoded here: a new array for each costs more than the hash. */
let keyBytes = new Uint8Array(1024);
const seed = 0x9747b28c;
const mix = 0x5bd1e995;

/** MurmurHash2, 32 bits, with Kafka's seed (org.apache.kafka.common.utils.Utils.murmur2). Signed. */
export const murmur2 = (bytes: Uint8Array): number => hash(bytes, bytes.length);

const hash = (bytes: Uint8Array, length: number): number => {
  let mixed = seed ^ length;
  const whole = length - (length % 4);
  for (let at = 0; at < whole; at += 4) {
    let word = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    word = Math.imul(word, mix);
    word ^= word >>> 24;
    mixed = Math.imul(mixed, mix) ^ Math.imul(word, mix);
  }
  if (length % 4 > 2) mixed ^= byte(bytes, whole + 2) << 16;
  if (length % 4 > 1) mixed ^= byte(bytes, whole + 1) << 8;
  if (length % 4 > 0) mixed = Math.imul(mixed ^ byte(bytes, whole), mix);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, mix);
  return mixed ^ (mixed >>> 15);
};

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
