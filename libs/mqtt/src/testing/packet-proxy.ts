/** A TCP proxy before a broker that cuts connections between two MQTT packets, where a test says. */
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { variableInteger } from '../guard/variable-integer.ts';

export type PacketProxy = {
  readonly port: number;
  /** How many connections were cut. */
  cuts(): number;
};

/**
 * `cutAfter` says of each connection, counted from 0, behind how many packets (of both directions) it is cut;
 * `undefined` lets it live.
 */
export const packetProxy = async (
  t: TestContext,
  port: number,
  cutAfter: (connection: number) => number | undefined,
): Promise<PacketProxy> => {
  const open = new Set<Socket>();
  let connections = 0;
  let cuts = 0;

  const join = (client: Socket, broker: Socket, packetsMax: number): void => {
    let passed = 0;
    const end = (): void => {
      for (const socket of [client, broker]) {
        open.delete(socket);
        socket.destroy();
      }
    };
    const pass = (to: Socket) => (packet: Uint8Array) => {
      if (passed >= packetsMax) return;
      passed += 1;
      if (passed < packetsMax) {
        to.write(packet);
        return;
      }
      cuts += 1;
      to.write(packet, end); // It arrives; what comes behind it does not.
    };
    client.on('data', packets(pass(broker)));
    broker.on('data', packets(pass(client)));
    for (const socket of [client, broker]) {
      open.add(socket);
      socket.on('error', end).on('close', end);
    }
  };

  const server = createServer((client) => {
    join(client, connect(port, '127.0.0.1'), cutAfter(connections) ?? Number.POSITIVE_INFINITY);
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening socket has no port');
  return { port: address.port, cuts: () => cuts };
};

/** Cuts a byte stream into MQTT packets by their fixed headers alone. */
const packets = (each: (packet: Uint8Array) => void): ((bytes: Buffer) => void) => {
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    for (let size = packetBytes(held); size !== undefined && size <= held.length; size = packetBytes(held)) {
      each(held.subarray(0, size));
      held = held.subarray(size);
    }
  };
};

const packetBytes = (bytes: Uint8Array): number | undefined => {
  const length = variableInteger(bytes, 1, bytes.length, 'remaining length');
  return length && length.endsAt + length.value;
};
