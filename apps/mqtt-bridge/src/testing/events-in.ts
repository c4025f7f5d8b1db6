/** What a bridge has appended, for tests. */
import { topics } from '@plenum/catalogue';
import { presenceTopic } from '@plenum/device';
import type { Event } from '@plenum/event';
import type { EventCodec, Log } from '@plenum/runtime';

/** All events of a log but those of presence, by topic and partition. */
export const eventsIn = async (log: Log, codec: EventCodec): Promise<readonly Event[]> => {
  const found: Event[] = [];
  for (const { name } of topics.filter((topic) => topic !== presenceTopic)) {
    for (const { partition, first, next } of await log.positions(name)) {
      for await (const { records } of log.read({ topic: name, partition, from: first, to: next })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          if (decoded.outcome === 'event') found.push(decoded.event);
        }
      }
    }
  }
  return found;
};
