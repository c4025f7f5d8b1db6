/** The bridge as Plenum runs it, with the listener or the connector, on the log that it is given. */
import { openSessions } from '@plenum/assembly';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import type { ConnectorCounts } from '@plenum/mqtt';
import { type Bridge, bridgeSettings, runBridge } from '@plenum/mqtt-bridge';
import { openDatabase } from '@plenum/postgres';
import type { IngestBalance, Log, SessionStore } from '@plenum/runtime';
import { memorySessions } from '@plenum/runtime/testing';
import { milestones } from '../machine/milestones.ts';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { alwaysGranted } from './always-granted.ts';
import { sameKey } from './same-key.ts';

export type Start = {
  readonly log: LogPlace;
  /** The broker to subscribe at; devices connect to the bridge itself when it is left out. */
  readonly broker?: { readonly port: number; readonly clientId: string };
  /** Every device has to sign in with it; nobody does when it is left out. */
  readonly key?: string | undefined;
};

const stop = new AbortController();
const progress = milestones();
const opened = new AsyncDisposableStack();
let running: Promise<void> = Promise.resolve();
let bridge: Bridge | undefined;

/** Settles when messages may come: with the port that devices connect to, or with 0 when the session is open. */
const start = async ({ log: place, broker, key }: Start): Promise<number> => {
  const log: Log = await openLog(place);
  opened.defer(() => log.close());
  const config = readConfig(
    { ...processSettings, ...bridgeSettings },
    broker === undefined
      ? { MQTT_PORT: '0', MQTT_WS_PORT: '0', MQTT_ANONYMOUS: String(key === undefined) }
      : { MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, MQTT_CLIENT_ID: broker.clientId },
  );
  const listening = Promise.withResolvers<Bridge>();
  const session = Promise.withResolvers<void>();
  running = runBridge(
    {
      config,
      log: { append: (records) => counted(log.append(records), records.length) },
      codec: avroCodec(events),
      logger: loudLogger,
      leases: alwaysGranted,
      ...(broker === undefined && { sessions: await sessionsBeside(place) }),
      ...(key !== undefined && { nodes: sameKey(key) }),
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

/** As in the product where the log is PostgreSQL; a Kafka has none beside it here, and who stays connected asks nothing of a store. */
const sessionsBeside = async (place: LogPlace): Promise<SessionStore> => {
  if (place.kind === 'kafka') return memorySessions().open();
  const database = await openDatabase({
    ...{ url: place.url, applicationName: 'bench sessions', connectionsMax: 4 },
    ...{ logger: loudLogger, stop: stop.signal },
  });
  opened.defer(database.close);
  const { store, close } = await openSessions({ foundation: { database }, logger: loudLogger });
  opened.defer(close);
  return store;
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
  await opened.disposeAsync();
});
