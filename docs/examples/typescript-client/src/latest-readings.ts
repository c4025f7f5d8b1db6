/** The latest reading of every sensor, from as many pages as there are. */
import type { PlenumClient } from './client.ts';
import type { components } from './plenum.ts';

type LatestReading = components['schemas']['LatestReading'];

/** Each page says where the next one begins. */
export async function* latestReadings(client: PlenumClient): AsyncGenerator<LatestReading> {
  let cursor: string | null | undefined;
  do {
    const query = cursor ? { cursor } : {};
    const { data, error } = await client.GET('/api/v1/readings/latest', { params: { query } });
    if (error !== undefined) throw new Error(error.detail);
    yield* data.items;
    cursor = data.cursor;
  } while (cursor !== null);
}
