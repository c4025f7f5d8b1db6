/**
 * The PUBLISH that replaces one that the guard took out, so that Aedes comes to it in its turn. An oversized
 * one is acknowledged there: MQTT 3.1.1 has no way to refuse a message, and one that is never acknowledged is sent again
 * for ever. One without a good topic name is not, for which MQTT wants the connection closed.
 */
import type { TakenOut } from '../guard/taken-out.ts';

/** The bytes of it that are not payload. `topic` is one that no client can guess or subscribe to. */
export const standInBytes = (topic: string, { qos, dup, packetId, payloadBytes }: TakenOut): Uint8Array => {
  const name = Buffer.from(topic);
  const idBytes = packetId === undefined ? 0 : 2;
  const head = Buffer.alloc(2 + name.length + idBytes);
  head.writeUInt16BE(name.length, 0);
  name.copy(head, 2);
  if (packetId !== undefined) head.writeUInt16BE(packetId, 2 + name.length);
  const first = (publishType << 4) | (dup ? 0x08 : 0) | (qos << 1);
  return Buffer.concat([Buffer.from([first, ...remainingLength(head.length + payloadBytes)]), head]);
};

const publishType = 3;

/** MQTT 3.1.1, 2.2.3. */
const remainingLength = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) | 0x80, ...remainingLength(Math.floor(value / 128))];
