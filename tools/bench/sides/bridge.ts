/** The bridge as Plenum runs it, with the listener or the connector, on the log that it is given. */
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import type { ConnectorCounts } from '@plenum/mqtt';
import { type Bridge, bridgeSettings, runBridge } from '@plenum/mqtt-bridge';
import type { IngestBalance, Log } from '@plenum/runtime';
import { memorySessions } from '@plenum/runtime/testing';
import { milestones } from '../machine/milestones.ts';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { alwaysGranted } from './always-granted.ts';

export type Start = {
  readonly log: LogPlace;
  /** The broker to subscribe at; devices connect to the bridge itself when it is left out. */
  readonly broker?: { readonly port: number; readonly clientId: string };
};

const stop = new AbortController();
const progress = milestones();
let running: Promise<void> = Promise.resolve();
let bridge: Bridge | undefined;
let log: Log | undefined;

/** Settles when messages may come: with the port that devices connect to, or with 0 when the session is open. */
const start = async ({ log: place, broker }: Start): Promise<number> => {
  const opened = await openLog(place);
  log = opened;
  const config = readConfig(
    { ...processSettings, ...bridgeSettings },
    broker === undefined
      ? { MQTT_PORT: '0', MQTT_WS_PORT: '0' }
      : { MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: broker.clientId },
  );
  const listening = Promise.withResolvers<Bridge>();
  const session = Promise.withResolvers<void>();
  running = runBridge(
    {
      config,
      log: { append: (records) => counted(opened.append(records), records.length) },
      codec: avroCodec(events),
      logger: loudLogger,
      leases: alwaysGranted,
      // Who connects once and stays leaves nothing to keep: what the store costs is measured by itself.
      sessions: memorySessions().open(),
      onListening: listening.resolve,
      onSession: (state) => {
        if (state === 'open') session.resolve();
      },
    },
    stop.signal,
  );
  bridge = await Promise.race([listening.promise, running.then(neverListened)]);
  if (broker !== undefined) await Promise.race([session.promise, running.then(neverListened)]);
  return bridge.tcp?.port ?? 0;
};

const counted = async <T>(appending: Promise<T>, records: number): Promise<T> => {
  const ranges = await appending;
  progress.add(records);
  return ranges;
};

const neverListened = (): never => {
  throw new Error('the bridge ended before it listened');
};

/** Lets everything in hand arrive, and says what became of what was received. */
const finish = async (): Promise<IngestBalance | undefined> => {
  stop.abort();
  await running;
  return bridge?.balance();
};

/** The session with the broker, where there is one. */
const session = (): ConnectorCounts | undefined => bridge?.broker?.();

const reached = ({ count }: { readonly count: number }) => progress.reached(count);

serve({ start, finish, session, reached }, async () => {
  await finish();
  await log?.close();
});
