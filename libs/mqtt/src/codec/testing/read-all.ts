import { packetReader, type ReaderLimits } from '../packet-reader.ts';
import type { ClientPacket } from '../packets.ts';

/** Everything that a reader gives of these chunks. @throws {ProtocolViolation} as it does. */
export const readAll = (
  chunks: readonly Uint8Array[],
  limits: ReaderLimits = { packetBytesMax: 1000 },
): readonly ClientPacket[] => {
  const reader = packetReader(limits);
  const packets: ClientPacket[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let one = reader.next(); one !== undefined; one = reader.next()) packets.push(one);
  }
  return packets;
};

/** A stream, cut at these places, whatever numbers they are. */
export const cutAt = (stream: Uint8Array, places: readonly number[]): readonly Uint8Array[] => {
  const edges = [0, ...places.map((place) => place % (stream.length + 1)).toSorted((a, b) => a - b), stream.length];
  return edges.slice(1).map((edge, index) => stream.subarray(edges[index], edge));
};
