/** The bridge: what devices publish goes to the log, and only then do they hear so. */
import { randomUUID } from 'node:crypto';
import { collectSooner } from '@plenum/assembly';
import { translator as translatorOfDomains } from '@plenum/catalogue';
import type { ConnectorState } from '@plenum/mqtt';
import { aborted, type Clock, type IngestLimits, ingest } from '@plenum/runtime';
import type { BridgeConfig, BridgeParts } from './bridge.ts';
import { type SendingCommands, sendCommands } from './commands/send-commands.ts';
import { type MqttSource, openMqttSource } from './mqtt-source.ts';
import { idsInOrder } from './new-id.ts';
import { type OwnMessages, ownMessages } from './own-messages.ts';
import { type PresenceReporter, presenceReporter } from './presence-reporter.ts';
import { refusalReporter } from './refusal-reporter.ts';
import { type KeepingRegistrations, keepRegistrations } from './registrations/keep-registrations.ts';
import { type SessionLease, sessionLease } from './registrations/session-lease.ts';
import { type KeepingRights, keepRights } from './rights/keep-rights.ts';
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
  const own = ownMessages(parts, stop);
  await own?.look();
  const translator = bridgeTranslator({
    domains: translatorOfDomains,
    zone,
    newId,
    clock,
    ...(own && { isOwn: own.isOwn }),
  });
  const loop = ingest({ log, codec, translator, logger, limits: limitsOf(config) });
  /** Clients whose bridge is gone: before anything is reported, and since. */
  const adopted: string[] = [];
  let reporter: PresenceReporter | undefined;
  const adopt = (clientIds: readonly string[]): void => {
    if (reporter === undefined) adopted.push(...clientIds);
    else reporter.adopted(clientIds);
  };
  let sending: SendingCommands | undefined;
  let rights: KeepingRights | undefined;
  let registrations: KeepingRegistrations | undefined;
  const session = sessionLease();
  const onSession = (state: ConnectorState): void => {
    parts.onSession?.(state);
    session.became(state);
    if (state === 'open') sending?.sweep();
    // Another one may have had the session until now.
    if (state === 'connecting') void own?.look();
  };
  const given = { ingest: loop, newId, adopted: adopt, ...givenOf(parts) };
  const replica = parts.sessions?.owner ?? randomUUID();
  const refusals = refusalReporter({ log, codec, replica, clock, logger });
  const onRefused = refusals.refused;
  const source = await openMqttSource({ config, clock, logger, whenPortTaken, ...given, onSession, onRefused });
  try {
    const { tcp, tls, webSocket, counts, access, broker, devices, clients: watch } = source;
    const { balance, load, state } = loop;
    if (watch !== undefined) {
      reporter = presenceReporter({ config, log, codec, watch, replica, clock, logger });
      reporter.adopted(adopted.splice(0));
    }
    const shown = { tcp, tls, webSocket, balance, load, state, counts, access, broker, devices };
    sending = sendingOf(parts, source, replica, own);
    rights = rightsOf(parts);
    registrations = registrationsOf(parts, source, session, own);
    const counted = { presence: reporter?.counts, refusals: refusals.counts, commands: sending?.counts };
    parts.onListening?.({ ...shown, ...counted, rights: rights?.counts, registrations: registrations?.counts });
    const failures = [source.failed, refusals.finished, ...(reporter ? [reporter.finished] : [])];
    for (const part of [sending, rights, registrations]) if (part !== undefined) failures.push(part.failed);
    await Promise.race([aborted(stop), loop.finished, ...failures]);
    logger.info({}, 'the bridge takes no more messages and finishes those in hand');
  } finally {
    await source.close();
    await sending?.close();
    await rights?.close();
    await registrations?.close();
    await reporter?.close();
    await refusals.close();
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

const givenOf = ({ leases, sessions, nodes }: BridgeParts) => ({ leases, sessions, nodes });

/** At the listener rights are judged and not kept. */
const rightsOf = ({ config, atBroker, nodes, leases, logger }: BridgeParts): KeepingRights | undefined => {
  if (config.MQTT_MODE !== 'connect' || atBroker === undefined) return undefined;
  if (nodes === undefined || leases === undefined)
    throw new Error('rights at a broker need the table of nodes, and leases');
  return keepRights({ atBroker, nodes, leases, logger });
};

/** At a broker by who has the session there, else by who has a lease of its own. */
const registrationsOf = (
  { config, registrations, leases: shared, logger }: BridgeParts,
  { devices }: MqttSource,
  session: SessionLease,
  own: OwnMessages | undefined,
): KeepingRegistrations | undefined => {
  if (registrations === undefined) return undefined;
  const leases = config.MQTT_MODE === 'connect' ? session.leases : shared;
  if (leases === undefined) throw new Error('registrations of nodes need leases');
  return keepRegistrations({ ...registrations, devices, leases, own: own?.registrations, logger });
};

const sendingOf = (
  { commands, logger }: BridgeParts,
  source: MqttSource,
  replica: string,
  own: OwnMessages | undefined,
): SendingCommands | undefined => {
  const { devices, clients: watch, broker } = source;
  const isOpen = (): boolean => broker?.().state === 'open';
  return (
    commands && sendCommands({ ...commands, devices, watch, isOpen, replica, logger, onSend: (id) => own?.sending(id) })
  );
};
