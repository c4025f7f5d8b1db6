/** Small things that the suites say often. */
import type { Log, NewRecord } from '@plenum/runtime';
import { lookout } from '@plenum/runtime/testing';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const record = (topic: string, key: string, text: string, timestampMs = Date.now()): NewRecord => ({
  topic,
  key,
  value: encoder.encode(text),
  headers: { ce_type: 'plenum.test.Said' },
  timestampMs,
});

/** Every text of a partition, from its first offset to its end. */
export const textsIn = async (log: Log, topic: string, partition: number): Promise<readonly string[]> => {
  const ends = (await log.positions(topic))[partition];
  const texts: string[] = [];
  if (ends === undefined) return texts;
  for await (const batch of log.read({ topic, partition, from: ends.first, to: ends.next })) {
    texts.push(...batch.records.map(({ value }) => decoder.decode(value)));
  }
  return texts;
};

export type Follower = {
  readonly texts: readonly string[];
  readonly done: Promise<void>;
  stop(): Promise<void>;
  until(met: () => boolean): Promise<void>;
};

/** A member that keeps what it is handed of all partitions, and its position in memory. */
export const follow = (log: Log, topic: string, group: string, begin = 0n): Follower => {
  const texts: string[] = [];
  const kept = new Map<number, bigint>();
  const stop = new AbortController();
  const { changed, until } = lookout();
  const done = log.subscribe(
    {
      group,
      topics: [topic],
      recordsMax: 100,
      position: async (_, partition) => kept.get(partition) ?? begin,
      async handle(batch) {
        texts.push(...batch.records.map(({ value }) => decoder.decode(value)));
        kept.set(batch.partition, batch.nextOffset);
        changed();
        return batch.nextOffset;
      },
    },
    stop.signal,
  );
  done.catch(() => undefined);
  return {
    texts,
    done,
    async stop() {
      stop.abort();
      await done;
    },
    until: (met) => until(met, done),
  };
};
