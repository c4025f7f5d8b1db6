/** Prints the latest reading of every sensor, page by page: `PLENUM_API_KEY=... npm start -- http://localhost:3000`. */
import type { PlenumClient } from './client.ts';
import { plenumClient } from './client.ts';
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

const print = async (baseUrl: string, apiKey: string): Promise<void> => {
  for await (const { sensor_id, value, unit, effective_time } of latestReadings(plenumClient(baseUrl, { apiKey }))) {
    console.log(`${effective_time}  ${sensor_id}  ${value} ${unit}`);
  }
};

declare const process: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

if (import.meta.url.endsWith(process.argv[1] ?? '')) {
  await print(process.argv[2] ?? 'http://localhost:3000', process.env.PLENUM_API_KEY ?? '');
}
