/** The bridge: what devices publish goes to the log, and only then do they hear so. */
import { collectSooner } from '@plenum/assembly';
import { translator as translatorOfDomains } from '@plenum/catalogue';
import { aborted, type Clock, type IngestLimits, ingest } from '@plenum/runtime';
import type { BridgeConfig, BridgeParts } from './bridge.ts';
import { openMqttSource } from './mqtt-source.ts';
import { idsInOrder } from './new-id.ts';
import { type PresenceReporter, presenceReporter } from './presence-reporter.ts';
import { bridgeTranslator } from './translate.ts';
import { zoneOffset } from './zone-offset.ts';

/**
 * Settles when `stop` aborts and what had arrived is in the log and acknowledged, as far as BRIDGE_DRAIN_TIMEOUT
 * allows. The log stays open.
 * @throws {ConfigError} when the settings of MQTT do not fit together.
 * @throws when a port cannot be had, or when something fails that waiting does not cure.
 */
export const runBridge = async (parts: BridgeParts, stop: AbortSignal): Promise<void> => {
  const { config, log, codec, logger, clock = wallClock, whenPortTaken = 'fail' } = parts;
  collectSooner('bridge');
  const zone = zoneOffset(config.DEVICE_TIME_ZONE);
  const newId = idsInOrder();
  const translator = bridgeTranslator({ domains: translatorOfDomains, zone, newId, clock });
  const loop = ingest({ log, codec, translator, logger, limits: limitsOf(config) });
  /** Clients whose bridge is gone: before anything is reported, and since. */
  const adopted: string[] = [];
  let reporter: PresenceReporter | undefined;
  const adopt = (clientIds: readonly string[]): void => {
    if (reporter === undefined) adopted.push(...clientIds);
    else reporter.adopted(clientIds);
  };
  const given = { ingest: loop, newId, adopted: adopt, ...givenOf(parts) };
  const source = await openMqttSource({ config, clock, logger, whenPortTaken, ...given });
  try {
    const { tcp, tls, webSocket, counts, broker, devices, clients: watch } = source;
    const { balance, load, state } = loop;
    if (watch !== undefined) {
      reporter = presenceReporter({ config, log, codec, watch, replica: parts.sessions?.owner ?? '', clock, logger });
      reporter.adopted(adopted.splice(0));
    }
    const shown = { tcp, tls, webSocket, balance, load, state, counts, broker, devices };
    parts.onListening?.({ ...shown, presence: reporter?.counts });
    await Promise.race([aborted(stop), loop.finished, source.failed, ...(reporter ? [reporter.finished] : [])]);
    logger.info({}, 'the bridge takes no more messages and finishes those in hand');
  } finally {
    await source.close();
    await reporter?.close();
    logger.info({ balance: loop.balance() }, 'the bridge has stopped');
  }
};

/**
 * When a message was recorded. It follows the machine's clock, also when that is set back: what keeps order is the
 * log's offset, and of events without a time of their own the later id.
 */
const wallClock: Clock = { nowUs: () => Date.now() * 1000 };

const limitsOf = (config: BridgeConfig): Partial<IngestLimits> => ({
  inHandBytesMax: config.INGEST_MEMORY_MAX,
  batchRecordsMax: config.INGEST_BATCH_MAX,
  intervalMs: config.INGEST_INTERVAL,
  slowAppendMs: config.MQTT_HOLD_MAX / 2,
  // What is only counted holds up everything behind it on its connection, and a broker has one for all devices.
  ...(config.MQTT_MODE === 'connect' ? { discardIntervalMs: 25 } : {}),
  budget: {
    messages: config.QUARANTINE_BURST,
    messagesPerSecond: config.QUARANTINE_PER_SECOND,
    bytes: config.QUARANTINE_BURST_BYTES,
    bytesPerSecond: config.QUARANTINE_BYTES_PER_SECOND,
  },
});

const givenOf = ({ leases, sessions, onSession }: BridgeParts) => ({ leases, sessions, onSession });
