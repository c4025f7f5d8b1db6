/** Devices to PUBACK: the listener beside Aedes with the same work and no log, and beside Aedes as it comes. */
import type { RatioBench } from '../bench.ts';
import { aedesRun, bridgeRun, listenerRun } from './listening.ts';

export const ingestListen: RatioBench = {
  kind: 'ratio',
  name: 'ingest-listen',
  about: 'devices to decoded, durable, PUBACK',
  unit: 'messages/s',
  logs: ['postgres', 'kafka'],
  subject: (world, settings) => bridgeRun(world, settings),
  against: [
    {
      name: 'Aedes, decoding',
      about: 'Aedes that decodes the same way and acknowledges at once',
      ...{ atLeast: 0.85, aim: 1, onKafka: { atLeast: 0.7, aim: 1 } },
      run: (world, settings) => aedesRun(world, settings, { decodes: true }),
    },
    {
      name: 'Aedes',
      about: 'bare Aedes, which decodes nothing',
      ...{ atLeast: 0.27, aim: 0.5 },
      run: (world, settings) => aedesRun(world, settings, { decodes: false }),
    },
  ],
};

/** What MQTT 5 costs beside 3.1.1: properties to look for, and answers that may have reasons. */
export const ingestListen5: RatioBench = {
  kind: 'ratio',
  name: 'ingest-listen-5',
  about: 'devices to decoded, durable, PUBACK, by MQTT 5',
  unit: 'messages/s',
  logs: ['postgres', 'kafka'],
  subject: (world, settings) => bridgeRun(world, settings, { level: 5 }),
  against: [
    {
      name: 'MQTT 3.1.1',
      about: 'the same bridge by MQTT 3.1.1',
      ...{ atLeast: 0.95, aim: 1 },
      run: (world, settings) => bridgeRun(world, settings),
    },
  ],
};

/** What it costs that each message is looked up in what its device may publish. */
export const ingestListenSignedIn: RatioBench = {
  kind: 'ratio',
  name: 'ingest-listen-signed-in',
  about: 'devices that signed in to decoded, durable, PUBACK',
  unit: 'messages/s',
  logs: ['postgres', 'kafka'],
  subject: (world, settings) => bridgeRun(world, settings, { key: 'a key that all of them have' }),
  against: [
    {
      name: 'nobody signs in',
      about: 'the same bridge with MQTT_ANONYMOUS=true',
      ...{ atLeast: 0.95, aim: 1 },
      run: (world, settings) => bridgeRun(world, settings),
    },
  ],
};

export const listenBare: RatioBench = {
  kind: 'ratio',
  name: 'listen-bare',
  about: 'devices to PUBACK at once, by the listener alone',
  unit: 'messages/s',
  logs: ['postgres'],
  subject: (world, settings) => listenerRun(world, settings),
  against: [
    {
      name: 'Aedes',
      about: 'bare Aedes, which acknowledges at once as well',
      ...{ atLeast: 1, aim: 2 },
      run: (world, settings) => aedesRun(world, settings, { decodes: false }),
    },
  ],
};
