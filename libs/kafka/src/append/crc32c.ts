/**
 * CRC-32C (Castagnoli), which Kafka has over every batch. Eight bytes at a time, by as many tables: kafkajs looks up one
 * byte after the other, and Node has only the other CRC-32 of its own.
 */
export const crc32c = (bytes: Uint8Array): number => {
  const { length } = bytes;
  let crc = -1;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    const low =
      crc ^ (byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24));
    crc =
      entry(7, low & 0xff) ^
      entry(6, (low >>> 8) & 0xff) ^
      entry(5, (low >>> 16) & 0xff) ^
      entry(4, low >>> 24) ^
      entry(3, byte(bytes, at + 4)) ^
      entry(2, byte(bytes, at + 5)) ^
      entry(1, byte(bytes, at + 6)) ^
      entry(0, byte(bytes, at + 7));
  }
  for (; at < length; at += 1) crc = entry(0, (crc ^ byte(bytes, at)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
};

/** Both are always within their arrays. */
const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number;
const entry = (table: number, index: number): number => tables[(table << 8) | index] as number;

/** The polynomial, lowest bit first. */
const polynomial = 0x82f63b78;

/** One table behind the other: the n-th says what a byte does to the checksum n bytes further on. */
const tables = new Int32Array(8 * 256);
for (let index = 0; index < 256; index += 1) {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  tables[index] = crc;
}
for (let index = 256; index < tables.length; index += 1) {
  const before = entry(0, 0) ^ (tables[index - 256] as number);
  tables[index] = entry(0, before & 0xff) ^ (before >>> 8);
}
