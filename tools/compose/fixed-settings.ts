/** Settings that Compose takes from nobody, each with its reason. All others come from .env. */

const inside = 'Where a process listens inside its container; what this machine publishes is in the file.';
const kafka = 'The log is in the service `kafka`, which asks nobody who they are, inside the network.';
const registry = 'Schema ids come from the service `registry`, which asks nobody who they are, inside the network.';
const mosquitto = 'The connector subscribes at the service `mosquitto`, as the user `plenum`, inside the network.';
const passwordFile = 'The broker of this file lets devices in by a password file, and has no plugin to administer.';
const files = 'A file of this machine is not in the container.';

export const fixedSettings: Readonly<Record<string, string>> = {
  API_MQTT_URL: 'Whichever takes the devices is `mqtt`.',
  BRIDGE_DRAIN_TIMEOUT: '`stop_grace_period` is made for it.',
  BRIDGE_PROBES_HOST: inside,
  BRIDGE_PROBES_PORT: inside,
  DATABASE_URL: 'The tables are in the service `postgres`; POSTGRES_PASSWORD is from .env.',
  MQTT_MODE: 'There is a service for each.',
  EXPORTER_PROBES_HOST: inside,
  EXPORTER_PROBES_PORT: inside,
  FILES_DIR: 'Files are in the volume `files`, for the exporter and the API.',
  HTTP_HOST: inside,
  KAFKA_BROKERS: kafka,
  KAFKA_REPLICATION_FACTOR: 'There is one broker.',
  KAFKA_SASL_MECHANISM: kafka,
  KAFKA_SASL_PASSWORD: kafka,
  KAFKA_SASL_USERNAME: kafka,
  KAFKA_SSL: kafka,
  KAFKA_SSL_CA: kafka,
  KAFKA_SSL_CERT: kafka,
  KAFKA_SSL_KEY: kafka,
  LOG: kafka,
  MQTT_CA: mosquitto,
  MQTT_CERT: mosquitto,
  MQTT_DYNSEC_PASSWORD: passwordFile,
  MQTT_DYNSEC_USERNAME: passwordFile,
  MQTT_HOST: inside,
  MQTT_KEY: mosquitto,
  MQTT_PASSWORD: 'The connector needs it and the listener does not: it is required beside MQTT_URL.',
  MQTT_PORT: inside,
  MQTT_TLS_CA: files,
  MQTT_TLS_CERT: files,
  MQTT_TLS_KEY: files,
  MQTT_TLS_PORT: inside,
  MQTT_URL: mosquitto,
  MQTT_USERNAME: mosquitto,
  MQTT_WS_PORT: inside,
  PLENUM_DATA_DIR: 'What is kept is in the services `kafka` and `postgres`.',
  PORT: `${inside} HTTP_PORT is for that.`,
  PROJECTOR_PROBES_HOST: inside,
  PROJECTOR_PROBES_PORT: inside,
  REACTOR_PROBES_HOST: inside,
  REACTOR_PROBES_PORT: inside,
  SCHEMA_REGISTRY_PASSWORD: registry,
  SCHEMA_REGISTRY_URL: registry,
  SCHEMA_REGISTRY_USERNAME: registry,
};
