/** The settings of a process about its log, besides which one it is. */
import { bool, type Config, choice, int, list, processSettings, registrySettings, text } from '@plenum/config';

/** Spread into the settings of every app that opens a log. */
export const logSettings = {
  KAFKA_BROKERS: list({
    about: 'Where the Kafka cluster can be reached first, as host:port. LOG=kafka needs it.',
    example: 'kafka-1.example:9092,kafka-2.example:9092',
    optional: true,
  }),
  KAFKA_SSL: bool({ about: 'Whether connections to Kafka are encrypted.', fallback: false }),
  KAFKA_SSL_CA: text({
    about: 'A file with the authorities, as PEM, that may vouch for brokers, instead of those of the system.',
    example: '/etc/plenum/kafka-ca.crt',
    optional: true,
  }),
  KAFKA_SSL_CERT: text({
    about: 'A file with the certificate, as PEM, that Plenum shows to brokers.',
    example: '/etc/plenum/kafka-client.crt',
    optional: true,
  }),
  KAFKA_SSL_KEY: text({
    about: 'A file with the key of KAFKA_SSL_CERT, as PEM.',
    example: '/etc/plenum/kafka-client.key',
    optional: true,
  }),
  KAFKA_SASL_MECHANISM: choice(['plain', 'scram-sha-256', 'scram-sha-512'], {
    about: 'How Plenum proves to Kafka who it is; without it, not at all.',
    example: 'scram-sha-512',
    optional: true,
  }),
  KAFKA_SASL_USERNAME: text({ about: 'Who Plenum is to Kafka.', example: 'plenum', optional: true }),
  KAFKA_SASL_PASSWORD: text({ about: 'The password of KAFKA_SASL_USERNAME.', secret: true, optional: true }),
  KAFKA_REPLICATION_FACTOR: int({
    about:
      'How many brokers keep a copy of each topic. Without it a topic that is made gets three, or as many as there are brokers.',
    example: '3',
    optional: true,
    min: 1,
  }),
  KAFKA_TOPICS_MISSING: choice(['create', 'refuse'], {
    about: 'What to do about topics that are not there. `refuse`: somebody else makes them.',
    fallback: 'create',
  }),
  KAFKA_COMPRESSION: choice(['none', 'gzip', 'zstd'], {
    about: 'Of batches in Kafka that have 2 KiB and more.',
    fallback: 'zstd',
  }),
  ...registrySettings,
};

/** Everything that decides what a process stands on. */
export const assemblySettings = {
  DATABASE_URL: processSettings.DATABASE_URL,
  PLENUM_DATA_DIR: processSettings.PLENUM_DATA_DIR,
  LOG: processSettings.LOG,
  ...logSettings,
};

export type AssemblyConfig = Config<typeof assemblySettings>;
