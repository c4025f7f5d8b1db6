/**
 * The small PUBLISH that takes the place of an oversized one, so that Aedes acknowledges it in its turn: MQTT 3.1.1
 * has no way to refuse a message, and one that is never acknowledged is sent again for ever.
 */
import type { OversizedPublish } from '../guard/oversized-publish.ts';

/** The bytes of a PUBLISH without payload. `topic` is one that no client can guess or subscribe to. */
export const standInBytes = (topic: string, { qos, dup, packetId }: OversizedPublish): Uint8Array => {
  const name = Buffer.from(topic);
  const remaining = 2 + name.length + (packetId === undefined ? 0 : 2);
  if (remaining > 127) throw new Error('the topic of a stand-in must fit a remaining length of one byte');
  const bytes = Buffer.alloc(2 + remaining);
  bytes[0] = (publishType << 4) | (dup ? 0x08 : 0) | (qos << 1);
  bytes[1] = remaining;
  bytes.writeUInt16BE(name.length, 2);
  name.copy(bytes, 4);
  if (packetId !== undefined) bytes.writeUInt16BE(packetId, 4 + name.length);
  return bytes;
};

const publishType = 3;
