/** Logs for measurements, on either kind. */
import type { KafkaUse } from '../machine/kafka-broker.ts';
import type { LogKind, LogPlace } from '../machine/place.ts';
import type { Watched } from '../machine/usage.ts';
import type { World } from '../world.ts';

/** A log to be written to. In PostgreSQL there is nothing in it; on Kafka, what earlier runs of this command wrote. */
export const placeOfFreshLog = async (world: World, kind: LogKind): Promise<LogPlace> => {
  if (kind === 'kafka') return { kind, brokers: (await world.kafka('empty')).brokers };
  const server = await world.postgres();
  const url = await server.emptyDatabase('bench_ingest');
  // What the run before left behind is written now, and not while this one is measured.
  await server.run('checkpoint');
  return { kind, url };
};

/** The processes that keep it. */
export const watchedOfLog = async (world: World, kind: LogKind, use: KafkaUse): Promise<readonly Watched[]> =>
  kind === 'kafka' ? (await world.kafka(use)).watched() : [(await world.postgres()).watched()];

/** How many records are in it, but for those of who is connected. */
export const recordsIn = async (world: World, log: LogPlace): Promise<number> => {
  const tools = await world.tool({ name: 'log-tools', program: 'sides/log-tools.ts' });
  try {
    return await tools.ask<number>('records', { log });
  } finally {
    await tools.stop();
  }
};
