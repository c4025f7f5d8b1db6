/** Logs for measurements, on either kind. */
import type { LogKind, LogPlace } from '../machine/place.ts';
import type { Watched } from '../machine/usage.ts';
import type { World } from '../world.ts';

/** A log with nothing in it. */
export const placeOfEmptyLog = async (world: World, kind: LogKind): Promise<LogPlace> => {
  if (kind === 'kafka') throw new Error('not yet');
  const server = await world.postgres();
  const url = await server.emptyDatabase('bench_ingest');
  // What the run before left behind is written now, and not while this one is measured.
  await server.run('checkpoint');
  return { kind, url };
};

/** The processes that keep it. */
export const watchedOfLog = async (world: World, kind: LogKind): Promise<readonly Watched[]> => {
  if (kind === 'kafka') throw new Error('not yet');
  return [(await world.postgres()).watched()];
};
