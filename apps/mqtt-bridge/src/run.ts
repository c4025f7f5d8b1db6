/** The bridge: what devices publish goes to the log, and only then do they hear so. */
import type { Config } from '@plenum/config';
import type { ConnectCounts, ConnectState, DoorCounts, Endpoint, WhenPortTaken } from '@plenum/mqtt';
import {
  aborted,
  type Clock,
  type EventCodec,
  type IngestLimits,
  type IngestLoad,
  type IngestSums,
  ingest,
  type Leases,
  type Log,
  type Logger,
} from '@plenum/runtime';
import { ceilingMeaning } from './ceiling-meaning.ts';
import { collectSooner } from './collect-sooner.ts';
import type { bridgeSettings } from './config.ts';
import { openDoor } from './doors.ts';
import { idsInOrder } from './new-id.ts';
import { zoneOffset } from './zone-offset.ts';

export type BridgeConfig = Config<typeof bridgeSettings>;

export type BridgeParts = {
  readonly config: BridgeConfig;
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly logger: Logger;
  /** The wall clock in whole milliseconds unless said otherwise. */
  readonly clock?: Clock;
  /** Told once the bridge takes connections; what it is given stays readable, also after the end. */
  readonly onListening?: (bridge: Bridge) => void;
  /** Told of the session with the broker, when the door is `connect`. */
  readonly onSession?: (state: ConnectState) => void;
  /** What to do when a port is taken; `fail` unless said otherwise. */
  readonly whenPortTaken?: WhenPortTaken;
  /** DOOR=connect needs them: of several bridges one has the session. */
  readonly leases?: Leases;
};

/** A running bridge, for whoever shows its figures. */
export type Bridge = {
  readonly tcp: Endpoint | undefined;
  readonly tls: Endpoint | undefined;
  readonly webSocket: Endpoint | undefined;
  sums(): IngestSums;
  load(): IngestLoad;
  counts(): DoorCounts;
  /** The session with the broker, when the door is `connect`. */
  readonly broker: (() => ConnectCounts & { readonly state: ConnectState }) | undefined;
  /** `away`: the log does not take events at the moment, and nobody new is let in. */
  state(): 'flowing' | 'away';
};

/**
 * Settles when `stop` aborts and what had arrived is in the log and acknowledged, as far as BRIDGE_DRAIN_TIMEOUT
 * allows. The log stays open.
 * @throws {ConfigError} when the settings of the door do not fit together.
 * @throws when a port cannot be had, or when something fails that waiting does not cure.
 */
export const runBridge = async (parts: BridgeParts, stop: AbortSignal): Promise<void> => {
  const { config, log, codec, logger, clock = wallClock, whenPortTaken = 'fail' } = parts;
  collectSooner();
  const meaning = ceilingMeaning({ zone: zoneOffset(config.DEVICE_TIME_ZONE), newId: idsInOrder(), clock });
  const loop = ingest({ log, codec, meaning, logger, limits: limitsOf(config) });
  const door = await openDoor({ config, ingest: loop, clock, logger, whenPortTaken, ...sessionOf(parts) });
  try {
    const { tcp, tls, webSocket, counts, broker } = door;
    const { sums, load, state } = loop;
    parts.onListening?.({ tcp, tls, webSocket, sums, load, state, counts, broker });
    await Promise.race([aborted(stop), loop.finished, door.failed]);
    logger.info({}, 'the bridge takes no more messages and finishes those in hand');
  } finally {
    await door.close();
    logger.info({ sums: loop.sums() }, 'the bridge has stopped');
  }
};

/**
 * When a message was recorded. It follows the machine's clock, also when that is set back: what keeps order is the
 * log's offset, and of facts without a time of their own the later id.
 */
const wallClock: Clock = { nowUs: () => Date.now() * 1000 };

const limitsOf = (config: BridgeConfig): Partial<IngestLimits> => ({
  inHandBytesMax: config.INGEST_MEMORY_MAX,
  batchRecordsMax: config.INGEST_BATCH_MAX,
  lingerMs: config.INGEST_LINGER,
  slowAppendMs: config.MQTT_HOLD_MAX / 2,
  // What is only counted holds up everything behind it on its connection, and a broker has one for all devices.
  ...(config.DOOR === 'connect' ? { discardIntervalMs: 25 } : {}),
  budget: {
    messages: config.QUARANTINE_BURST,
    messagesPerSecond: config.QUARANTINE_PER_SECOND,
    bytes: config.QUARANTINE_BURST_BYTES,
    bytesPerSecond: config.QUARANTINE_BYTES_PER_SECOND,
  },
});

const sessionOf = ({ leases, onSession }: BridgeParts) => ({ leases, onSession });
