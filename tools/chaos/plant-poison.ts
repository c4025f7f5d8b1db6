/** Two messages of one sensor: one that no table can hold, and one behind it. Both have to be parked, and nothing else. */
import { connect as connectTcp } from 'node:net';
import mqttPacket from 'mqtt-packet';

/** How many records are parked because of it. */
export const planted = 2;

const sensor = 'chaos_poison_temperature';

/** Settles when both are acknowledged. @throws when the connection ends before. */
export const plantPoison = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host: '127.0.0.1' });
    const parser = mqttPacket.parser();
    let acknowledged = 0;
    parser.on('packet', ({ cmd }) => {
      if (cmd !== 'puback') return;
      acknowledged += 1;
      if (acknowledged < planted) return;
      resolve();
      socket.destroy();
    });
    socket.on('data', (bytes: Buffer) => parser.parse(bytes));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the poison was not acknowledged')));
    const connect = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'chaos-poison' } as const;
    socket.write(mqttPacket.generate({ ...connect, clean: true, keepalive: 60 }));
    // PostgreSQL has no NUL in its texts.
    for (const [index, metadata] of [{ note: 'a\u0000b' }, {}].entries()) {
      const topic = `ceiling/sensors/${sensor}/data`;
      const publish = { cmd: 'publish', topic, qos: 1, dup: false, retain: false, messageId: index + 1 } as const;
      socket.write(mqttPacket.generate({ ...publish, payload: JSON.stringify(reading(index, metadata)) }));
    }
  });

const reading = (index: number, metadata: object): object => ({
  sensor_type: 'temperature',
  value: 20 + index,
  unit: '°C',
  timestamp: new Date().toISOString(),
  location: { x: 1, y: 2, z: 3 },
  metadata,
});
