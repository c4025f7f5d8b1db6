/** The listening door as Plenum runs it: the whole bridge, on the log it is told of. */
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import { type Bridge, bridgeSettings, runBridge } from '@plenum/mqtt-bridge';
import type { IngestSums, Log } from '@plenum/runtime';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';

export type Start = { readonly log: LogPlace };

const stop = new AbortController();
let running: Promise<void> = Promise.resolve();
let bridge: Bridge | undefined;
let log: Log | undefined;

const start = async ({ log: place }: Start): Promise<number> => {
  const opened = await openLog(place);
  log = opened;
  const config = readConfig({ ...processSettings, ...bridgeSettings }, { MQTT_PORT: '0', MQTT_WS_PORT: '0' });
  const listening = Promise.withResolvers<Bridge>();
  const parts = { config, log: opened, codec: avroCodec(events), logger: loudLogger };
  running = runBridge({ ...parts, onListening: listening.resolve }, stop.signal);
  bridge = await Promise.race([listening.promise, running.then(neverListened)]);
  if (bridge.tcp === undefined) throw new Error('the bridge listens on no TCP port');
  return bridge.tcp.port;
};

const neverListened = (): never => {
  throw new Error('the bridge ended before it listened');
};

/** Lets everything in hand arrive, and says what became of what was received. */
const finish = async (): Promise<IngestSums | undefined> => {
  stop.abort();
  await running;
  return bridge?.sums();
};

serve({ start, finish }, async () => {
  await finish();
  await log?.close();
});
