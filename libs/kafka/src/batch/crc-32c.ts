/** The checksum of Kafka's batches (Castagnoli's polynomial). Node's zlib has the other CRC-32 only. */

/** Eight tables, one behind the other: what a byte does to the checksum with none to seven bytes behind it. */
const table = new Int32Array(8 * 256);
/** Every index that is asked for is below the length. */
const entry = (index: number): number => table[index] as number;

for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  table[byte] = value;
}
for (let index = 256; index < table.length; index += 1) {
  const before = entry(index - 256);
  table[index] = (before >>> 8) ^ entry(before & 0xff);
}

/** Takes eight bytes at once, which is less than half the time that kafkajs takes with one after the other. */
export const crc32C = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = -1;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      entry(1792 + (low & 0xff)) ^
      entry(1536 + ((low >>> 8) & 0xff)) ^
      entry(1280 + ((low >>> 16) & 0xff)) ^
      entry(1024 + (low >>> 24)) ^
      entry(768 + (high & 0xff)) ^
      entry(512 + ((high >>> 8) & 0xff)) ^
      entry(256 + ((high >>> 16) & 0xff)) ^
      entry(high >>> 24);
  }
  for (; at < bytes.length; at += 1) crc = entry((crc ^ view.getUint8(at)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
};
