/** Prints the latest reading of every sensor: `PLENUM_API_KEY=... npm start -- http://localhost:8000`. */
import { plenumClient } from './client.ts';
import { latestReadings } from './latest-readings.ts';

declare const process: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

const [, , baseUrl = 'http://localhost:8000'] = process.argv;
const client = plenumClient(baseUrl, { apiKey: process.env.PLENUM_API_KEY ?? '' });
for await (const { sensor_id, value, unit, effective_time } of latestReadings(client)) {
  console.log(`${effective_time}  ${sensor_id}  ${value} ${unit}`);
}
