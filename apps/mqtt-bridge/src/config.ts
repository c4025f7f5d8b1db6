/** The settings of the bridge: where it listens, what it takes from a client, and how much it holds for the log. */
import { brokerSettings, logSettings } from '@plenum/assembly';
import { translator } from '@plenum/catalogue';
import {
  bool,
  choice,
  durationMs,
  int,
  type Kind,
  list,
  origins,
  port,
  processSettings,
  setting,
  sizeBytes,
  text,
} from '@plenum/config';

const timeZone: Kind<string> = {
  expected: 'a time zone of the IANA database',
  parse: (written) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: written.trim() }).resolvedOptions().timeZone;
    } catch {
      return undefined; // Intl says no by throwing.
    }
  },
  format: (value) => value,
};

/** Of the MQTT connector alone. */
const connectorSettings = {
  ...brokerSettings,
  MQTT_CLIENT_ID: text({
    about: 'The name of the session that the broker keeps. Of all bridges with the same name one is active.',
    fallback: 'plenum',
  }),
  MQTT_FILTERS: list({
    about: 'What to subscribe to there. What nobody understands of it is quarantined.',
    fallback: translator.filters,
  }),
  MQTT_USERNAME: text({ about: 'Who Plenum is to that broker.', example: 'plenum', optional: true }),
  MQTT_PASSWORD: text({ about: 'The password of MQTT_USERNAME.', secret: true, optional: true }),
};

export const bridgeSettings = {
  MQTT_MODE: choice(['listen', 'connect'], {
    about:
      'How messages come in. `listen`: devices connect to Plenum, and PUBACK means that the log has it. `connect`: Plenum subscribes at the broker of MQTT_URL.',
    fallback: 'listen',
  }),
  ...connectorSettings,
  MQTT_HOST: text({
    about: 'Where devices connect. Beyond this machine they have to sign in, unless MQTT_ANONYMOUS says otherwise.',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
  }),
  MQTT_ANONYMOUS: bool({
    about:
      'Whether clients that do not sign in are let in at the MQTT listener, with all rights. Not set: true when MQTT_HOST is this machine alone, else false. A node that signs in has its own rights either way.',
    example: 'true',
    optional: true,
  }),
  MQTT_PORT: port({ about: 'The port of MQTT over TCP.', fallback: 1883 }),
  MQTT_WS_PORT: port({ about: 'The port of MQTT over WebSocket.', fallback: 9001 }),
  MQTT_WS_ORIGINS: origins({
    about: 'Web pages, by their origin, that may connect over WebSocket; pages of this machine always may.',
    example: 'https://plenum.example',
    optional: true,
  }),
  MQTT_TLS_PORT: port({
    about: 'The port of MQTT over TLS; it is opened when there is a certificate.',
    fallback: 8883,
  }),
  MQTT_TLS_CERT: text({
    about: 'A file with the certificate that the bridge shows, and its chain, as PEM.',
    example: '/etc/plenum/tls.crt',
    optional: true,
  }),
  MQTT_TLS_KEY: text({
    about: 'A file with the key of MQTT_TLS_CERT, as PEM.',
    example: '/etc/plenum/tls.key',
    optional: true,
  }),
  MQTT_TLS_CA: text({
    about: 'A file with the authorities, as PEM, one of which must have signed the certificate of every TLS client.',
    example: '/etc/plenum/devices-ca.crt',
    optional: true,
  }),
  MQTT_MAX_PACKET: sizeBytes({
    about: 'The largest MQTT packet. Of a larger message the length, the digest and the first 4096 bytes are kept.',
    fallback: 256 * 1024,
    min: 1024,
    max: 900 * 1024,
  }),
  MQTT_CONNECTIONS_MAX: int({ about: 'Connections per port, at most.', fallback: 10_000, min: 1 }),
  MQTT_HOLD_MAX: durationMs({
    about: 'How long a message may wait for the log before its sender is disconnected; half its keepalive if less.',
    fallback: 10_000,
    min: 100,
  }),
  PRESENCE_SEEN_INTERVAL: durationMs({
    about:
      'How often an event says that a connected client is still there, at most. 10,000 clients make 33 a second with the default.',
    fallback: 300_000,
    min: 60_000,
  }),
  MQTT_KEEPALIVE_MAX: int({
    about:
      'The longest keepalive of a device, in seconds. MQTT 5 devices are given it; others are refused with a longer one or none. 0: any.',
    fallback: 0,
    min: 0,
    max: 65_535,
  }),
  MQTT_SESSION_EXPIRY: durationMs({
    about: 'How long a session is kept after its device was there, at most, and in MQTT 3.1.1 always.',
    fallback: 7 * 24 * 60 * 60 * 1000,
    min: 1000,
  }),
  MQTT_SESSIONS_MAX: int({
    about: 'Sessions that are kept. Beyond it those end whose devices have been away the longest.',
    fallback: 100_000,
    min: 1,
  }),
  DEVICE_TIME_ZONE: setting(timeZone, {
    about: 'The zone of device times that come without one.',
    example: 'Europe/Belgrade',
    fallback: 'UTC',
  }),
  INGEST_MEMORY_MAX: sizeBytes({
    about: 'Events held in memory for the log. Above it sockets are not read; above half of it QoS 0 is dropped.',
    fallback: 16 * 2 ** 20,
    min: 2 ** 20,
  }),
  INGEST_BATCH_MAX: int({ about: 'Events in one append, at most.', fallback: 1_000, min: 1, max: 10_000 }),
  INGEST_INTERVAL: durationMs({
    about:
      'CPU or latency: about how long a message takes until queries see it. Appends begin so far apart that what they and the projector do has time within it, unless a batch is full; what arrives in between is read together when the next may begin. With half of it messages cost half as much again at 200 a second. A device that waits for each answer sends one message in that time.',
    fallback: 80,
    min: 0,
    max: 1_000,
  }),
  QUARANTINE_BURST: int({
    about: 'Unreadable messages of one client that are kept whole before only their count is.',
    fallback: 100,
    min: 0,
  }),
  QUARANTINE_PER_SECOND: int({
    about: 'How many more of them every second.',
    fallback: 10,
    min: 0,
  }),
  QUARANTINE_BURST_BYTES: sizeBytes({ about: 'The same, in bytes of their payloads.', fallback: 2 ** 20, min: 0 }),
  QUARANTINE_BYTES_PER_SECOND: sizeBytes({ about: 'How many more of them every second.', fallback: 64 * 1024, min: 0 }),
  BRIDGE_DRAIN_TIMEOUT: durationMs({
    about: 'How long the bridge waits, when it stops, for the log to take what has arrived.',
    fallback: 10_000,
    min: 0,
  }),
};

const probeSettings = {
  BRIDGE_PROBES_HOST: text({
    about: 'Where the bridge serves /health/live, /health/ready and /metrics when it runs as a process of its own.',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
  }),
  BRIDGE_PROBES_PORT: port({ about: 'The port of the same.', example: '9101', fallback: 9_101 }),
};

/** Everything `main.ts` reads: the above, and what every process reads. */
export const settings = { ...processSettings, ...logSettings, ...bridgeSettings, ...probeSettings };
