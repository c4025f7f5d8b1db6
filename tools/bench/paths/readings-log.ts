/** A log of readings, prepared once and used by every measurement that reads. */
import type { LogKind, LogPlace } from '../machine/place.ts';
import type { World } from '../world.ts';

/** Any moment: what the bridge would have put into the log from then on, 360 readings a second. */
export const readingsFromUs = Date.UTC(2026, 2, 4, 9) * 1000;
export const readingsFromMs = readingsFromUs / 1000;

/** A log of so many is one of its own: the usual one stays as it is. */
export const million = 1_000_000;

/** The log with at least so many readings, made when it is not there. */
export const readingsLog = async (world: World, kind: LogKind, readings: number): Promise<LogPlace> => {
  const place = await placeOf(world, kind, readings === million);
  const tools = await world.tool({ name: 'log-tools', program: 'sides/log-tools.ts' });
  try {
    const there = await tools.ask<number>('fill', { log: place, readings, fromUs: readingsFromUs });
    if (there !== readings) throw new Error(`the prepared log holds ${there} readings where ${readings} are wanted`);
  } finally {
    await tools.stop();
  }
  return place;
};

const placeOf = async (world: World, kind: LogKind, isMillion: boolean): Promise<LogPlace> => {
  if (kind === 'kafka') return { kind, brokers: (await world.kafka(isMillion ? 'kept-million' : 'kept')).brokers };
  const server = await world.postgres();
  const database = isMillion ? databases.million : databases.usual;
  if (!(await server.hasDatabase(database))) await server.emptyDatabase(database);
  return { kind, url: server.urlOf(database) };
};

/** With the version of the bodies in it: a log of another version is made anew. */
const databases = { usual: 'bench_readings_2', million: 'bench_million_readings_2' } as const;
