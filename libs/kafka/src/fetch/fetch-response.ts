/** The answer to a fetch, versions 4 to 11, with its records left as they came. */
import type { Aborted } from './record-set.ts';

export type FetchResponse = {
  /** How long the broker asks not to be asked; from version 8 on it answers at once and leaves the waiting to us. */
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchedPartition[] }[];
};

export type FetchedPartition = {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  readonly aborted: readonly Aborted[];
  readonly preferredReadReplica: number;
  readonly records: Buffer;
};

/** @throws RangeError when the bytes end before the answer does. */
export const readFetchResponse = (version: number, bytes: Buffer): FetchResponse => {
  if (version < 4 || version > 11) throw new Error(`answers to fetches of version ${version} cannot be read`);
  const from = frameReader(bytes);
  const throttleMs = from.int32();
  const errorCode = version < 7 ? 0 : from.int16();
  const sessionId = version < 7 ? 0 : from.int32();
  const topics = from.array(() => ({
    topic: from.text(),
    partitions: from.array(() => readPartition(version, from)),
  }));
  return { throttleMs, errorCode, sessionId, topics };
};

// The order of the fields is the order on the wire.
const readPartition = (version: number, from: FrameReader): FetchedPartition => ({
  partition: from.int32(),
  errorCode: from.int16(),
  highWatermark: from.int64(),
  lastStableOffset: from.int64(),
  logStartOffset: version < 5 ? -1n : from.int64(),
  aborted: from.array(() => ({ producerId: from.int64(), firstOffset: from.int64() })),
  preferredReadReplica: version < 11 ? -1 : from.int32(),
  records: from.bytes(),
});

type FrameReader = ReturnType<typeof frameReader>;

const frameReader = (bytes: Buffer) => {
  let at = 0;
  const past = (count: number): number => {
    at += count;
    return at - count;
  };
  const take = (count: number): Buffer => {
    if (at + count > bytes.length) throw new RangeError(`an answer ends ${at + count - bytes.length} bytes too early`);
    return bytes.subarray(past(Math.max(0, count)), at);
  };
  const int16 = (): number => bytes.readInt16BE(past(2));
  const int32 = (): number => bytes.readInt32BE(past(4));
  const int64 = (): bigint => bytes.readBigInt64BE(past(8));
  return {
    int16,
    int32,
    int64,
    text: (): string => take(int16()).toString(),
    bytes: (): Buffer => take(int32()),
    /** A length of -1 is that of a list which is not there. */
    array: <T>(read: () => T): readonly T[] => {
      const list: T[] = [];
      for (let left = int32(); left > 0; left -= 1) list.push(read());
      return list;
    },
  };
};
