/** What the bridge does with a message before the log gets it, for bare sides that keep nothing. */
import { hash } from 'node:crypto';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { observe } from '@plenum/ceiling';
import type { TranslateTools } from '@plenum/event';
import { timeId, utc } from '@plenum/event';

/** Decodes and encodes one message, and answers 1. @throws when it is not one of the simulated site's. */
export const decoder = (): ((topic: string, payload: Uint8Array) => 1) => {
  const codec = avroCodec(events);
  let ids = 0;
  const tools: TranslateTools = {
    zone: utc,
    sha1: (bytes) => hash('sha1', bytes),
    newId: (timeUs) => timeId(timeUs / 1000, Buffer.alloc(16, (ids += 1) & 0xff)),
  };
  return (topic, payload) => {
    const observed = observe({ topic, payload, receivedTimeUs: Date.now() * 1000 }, tools);
    if (observed.outcome !== 'event') throw new Error(observed.detail);
    if (codec.encode(observed.event).value.length === 0) throw new Error('an event was encoded as nothing');
    return 1;
  };
};
