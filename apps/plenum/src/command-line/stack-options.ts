import { optionalChoice } from './options.ts';

export type LogName = 'postgres' | 'kafka';
export type MqttMode = 'listen' | 'connect';

/** Which log: instead of LOG in the environment. */
export const logOption = optionalChoice(['postgres', 'kafka'], {
  about:
    'What keeps the event log: the database, or the Kafka of KAFKA_BROKERS, or else one on this machine that is ' +
    'started for it.',
  otherwise: 'LOG, else postgres',
});

/** Which way messages come in: instead of MQTT_MODE in the environment. */
export const mqttOption = optionalChoice(['listen', 'connect'], {
  about: 'How messages come in: devices connect to Plenum, or Plenum subscribes at the broker of MQTT_URL.',
  otherwise: 'MQTT_MODE, else listen',
});
