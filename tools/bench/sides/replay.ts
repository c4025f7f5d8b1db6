/**
 * Log to decoded to folded, in memory: `foldTo`, as replays begin. The latest and the minutes are folded; the ledger is a
 * copy of the log and no fold, and a replay that kept it in memory would be as large as the log.
 */
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { readingsProjection } from '@plenum/ceiling';
import { endsOf, foldTo, type Log } from '@plenum/runtime';
import { type LogPlace, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { runPasses } from './passes.ts';

export type Start = { readonly log: LogPlace };

let log: Log | undefined;

const start = async ({ log: place }: Start): Promise<void> => {
  log = await openLog(place);
};

const { ledger: _, ...folded } = readingsProjection;

/** One whole replay: how many readings the minutes count in the end. */
const pass = async (): Promise<number> => {
  if (log === undefined) throw new Error('no log is open');
  const replay = { log, codec: avroCodec(events), projection: folded };
  const tables = await foldTo(replay, await endsOf(replay));
  let readings = 0;
  for (const row of tables.get('sensor_minutes')?.values() ?? []) readings += Number(row.readings);
  return readings;
};

serve({ start, pass, run: runPasses(pass) }, async () => log?.close());
