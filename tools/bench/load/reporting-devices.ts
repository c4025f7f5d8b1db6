/** Devices of one sensor each, which report when they are asked to. What they report is a number; a reading has it as its value. */
import { connect, type Socket } from 'node:net';
import { nowMs } from '../machine/now.ts';
import { connectPacket, pubackReader, publishPacket } from './packets.ts';

export type ReportingDevice = {
  /** Publishes it, and says when. */
  report(value: number): number;
  close(): void;
};

export type DeviceParts = {
  readonly port: number;
  readonly sensor: string;
  /** It has the PUBACK of the next of what it reported. */
  readonly acknowledged: (atMs: number) => void;
  /** It is cut off, or was answered something else than what was due. */
  readonly lost: (why: Error) => void;
};

/** Settles when it is connected. @throws when it is refused. */
export const reportingDevice = ({ port, sensor, acknowledged, lost }: DeviceParts): Promise<ReportingDevice> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let [reported, due, isClosing] = [0, 0, false];
    const fail = (error: Error): void => {
      reject(error);
      if (!isClosing) lost(error);
    };
    const reader = pubackReader(() => packetIdOf((due += 1)));
    socket.once('data', (connack: Buffer) => {
      if (connack[0] !== 0x20 || connack[3] !== 0) return fail(new Error(`the device of ${sensor} was refused`));
      socket.on('data', (bytes: Buffer) => {
        const atMs = nowMs();
        try {
          for (let count = reader.read(bytes, bytes.length); count > 0; count -= 1) acknowledged(atMs);
        } catch (error) {
          fail(error as Error); // The reader throws no others.
        }
      });
      resolve({
        report: (value) => {
          reported += 1;
          return publish(socket, { sensor, value, packetId: packetIdOf(reported) });
        },
        close: () => {
          isClosing = true;
          socket.destroy();
        },
      });
    });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error(`the device of ${sensor} was cut off`)));
    socket.write(connectPacket(sensor));
  });

const packetIdOf = (count: number): number => (count % 65_535) + 1;

type Report = { readonly sensor: string; readonly value: number; readonly packetId: number };

const publish = (socket: Socket, { sensor, value, packetId }: Report): number => {
  const fields = { sensor_type: 'temperature', value, unit: '°C', location: { x: 0, y: 0, z: 0, zone: 'A' } };
  const payload = Buffer.from(JSON.stringify({ ...fields, timestamp: new Date().toISOString() }));
  const packet = publishPacket(`ceiling/sensors/${sensor}/data`, packetId, payload);
  const publishedMs = nowMs();
  socket.write(packet);
  return publishedMs;
};
