/** What measurements ask of a log beside the paths themselves. */
import { hash } from 'node:crypto';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { observe, readingsTopic } from '@plenum/ceiling';
import { presenceTopic } from '@plenum/device';
import { utc } from '@plenum/event';
import type { Log, NewRecord } from '@plenum/runtime';
import { traffic } from '@plenum/simulation';
import { type LogPlace, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';

export type OfLog = { readonly log: LogPlace };
export type Fill = OfLog & {
  /** How many readings there are to be in the end. */
  readonly readings: number;
  /** When the first of them is measured. */
  readonly fromUs: number;
};

const withLog = async <T>(place: LogPlace, work: (log: Log) => Promise<T>): Promise<T> => {
  const log = await openLog(place);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
};

const readingsIn = async (log: Log): Promise<number> => countIn(log, [readingsTopic.name]);

const countIn = async (log: Log, names: readonly string[]): Promise<number> => {
  let count = 0n;
  for (const name of names) for (const { first, next } of await log.positions(name)) count += next - first;
  return Number(count);
};

/** All but that of who is connected: the bridge says that for itself, and when it likes. */
const topicsOfMessages = topics.filter((topic) => topic !== presenceTopic).map(({ name }) => name);

/** How many records there are of messages, and of what followed from them. */
const records = ({ log }: OfLog): Promise<number> => withLog(log, (opened) => countIn(opened, topicsOfMessages));

/** As many as the bridge sends to the log at once. */
const batchRecords = 1_000;
const nodes = 200;
/** What such a site measures: 200 nodes of nine sensors, each every five seconds. */
const readingsPerSecond = 360;

/** Brings a log to the number of readings that is asked for, with what the bridge would have put there. */
const fill = ({ log: place, readings, fromUs }: Fill): Promise<number> =>
  withLog(place, async (log) => {
    const there = await readingsIn(log);
    if (there >= readings) return there;
    const codec = avroCodec(events);
    const shares = { malformed: 0, again: 0, late: 0, reordered: 0 };
    // Readings are what is wanted of it; a few registrations and states are made besides and left out.
    const plan = traffic({ seed: 1, nodes, messages: readings * 2, shares });
    const noId = (): never => {
      throw new Error('every reading has a time');
    };
    const tools = { zone: utc, sha1: (bytes: Uint8Array) => hash('sha1', bytes), newId: noId };
    let batch: NewRecord[] = [];
    for (let n = 0; n < readings; ) {
      const timeUs = fromUs + Math.floor((n * 1_000_000) / readingsPerSecond);
      const message = plan.next(timeUs);
      if (message === undefined) throw new Error('the traffic ended early');
      if (message.kind !== 'reading') continue;
      n += 1;
      if (n <= there) continue;
      const receivedTimeUs = Math.ceil(timeUs / 1000) * 1000 + 50_000;
      const observed = observe({ ...message, receivedTimeUs }, tools);
      if (observed.outcome !== 'event') throw new Error(observed.detail);
      batch.push(codec.encode(observed.event));
      if (batch.length < batchRecords && n < readings) continue;
      await log.append(batch);
      batch = [];
    }
    return readingsIn(log);
  });

serve({ records, fill });
