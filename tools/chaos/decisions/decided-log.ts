/** The decisions that the log has, by stream, as the checks want them. */
import { topics } from '@plenum/catalogue';
import type { DecidedEvent } from '@plenum/event';
import type { Site } from '../site/site.ts';

export type DecidedLog = {
  /** Each stream's events in the order of their versions; what the relay sent twice is there once. */
  readonly streams: ReadonlyMap<string, readonly DecidedEvent[]>;
  /** Streams with a hole, or with two events that claim to be one version. */
  readonly broken: readonly string[];
};

/** All of it, from its beginning to its end. @throws TransientFailure */
export const decidedLog = async ({ log, codec }: Pick<Site, 'log' | 'codec'>): Promise<DecidedLog> => {
  const found = new Map<string, Map<number, DecidedEvent>>();
  const broken: string[] = [];
  for (const { name: topic } of topics.filter(({ holds }) => holds === 'decisions')) {
    for (const { partition, next } of await log.positions(topic)) {
      for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          const decision = decoded.outcome === 'event' ? decoded.event.decision : undefined;
          if (decoded.outcome !== 'event' || decision === undefined) {
            broken.push(`${topic}/${partition} ${record.offset} is no decision`);
            continue;
          }
          const stream = found.getOrInsertComputed(decision.stream, () => new Map());
          const there = stream.get(decision.version);
          if (there === undefined) stream.set(decision.version, { ...decoded.event, decision });
          else if (there.id !== decoded.event.id)
            broken.push(`${decision.stream} has two of version ${decision.version}`);
        }
      }
    }
  }
  const streams = new Map<string, readonly DecidedEvent[]>();
  for (const [stream, events] of found) {
    const inOrder = [...events.values()].sort((a, b) => a.decision.version - b.decision.version);
    if (inOrder.some(({ decision }, index) => decision.version !== index + 1)) broken.push(`${stream} has a hole`);
    streams.set(stream, inOrder);
  }
  return { streams, broken };
};
