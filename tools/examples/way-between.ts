/** Where a device gets to a bridge over a connection that a test disturbs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from '@plenum/runtime';

/**
 * The first PUBACK of a device does not get to the bridge: its connection is lost instead. On its next connection what it publishes waits
 * until the bridge has published to it: an answer that came sooner would say that the command was delivered, and it would not come again.
 */
export const losingFirstPuback = async (t: TestContext, port: number): Promise<number> => {
  let isLost = false;
  const server = relayTo(t, port, ({ device, bridge, cut }) => {
    const held: Uint8Array[] = [];
    let isHeld = isLost;
    bridge.on('data', (bytes) => {
      device.write(bytes);
      if (!isHeld || typeof bytes === 'string' || !has(bytes, publish)) return;
      isHeld = false;
      for (const packet of held) bridge.write(packet);
    });
    device.on('data', (bytes) => {
      if (typeof bytes === 'string') return; // Without an encoding it is no text.
      if (!isLost && has(bytes, puback)) {
        isLost = true;
        cut();
      } else if (isHeld) {
        for (const packet of packetsIn(bytes)) {
          if (typeOf(packet) === publish) held.push(packet);
          else bridge.write(packet);
        }
      } else bridge.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : assert.fail('it does not listen');
};

/** What the bridge says, CONNACK first, waits until `let`. Before `listen` nobody answers at the port. */
export const holdingConnack = async (
  t: TestContext,
  port: number,
): Promise<{
  readonly port: number;
  /** Settles when a device waits for its CONNACK. */
  listen(): Promise<void>;
  let(): void;
}> => {
  const held = Promise.withResolvers<void>();
  const waits = Promise.withResolvers<void>();
  const server = relayTo(t, port, ({ device, bridge, cut }) => {
    device.on('data', (bytes) => bridge.write(bytes));
    bridge.on('data', (bytes) => {
      waits.resolve();
      held.promise.then(() => device.write(bytes), cut);
    });
  });
  const between = await freePort();
  return {
    port: between,
    listen: async () => {
      server.listen(between, '127.0.0.1');
      await waits.promise;
    },
    let: () => held.resolve(),
  };
};

type Way = { readonly device: Socket; readonly bridge: Socket; cut(): void };

/** Each connection to the server has one to the bridge. All of them are gone after the test. */
const relayTo = (t: TestContext, port: number, relay: (way: Way) => void): Server => {
  const sockets: Socket[] = [];
  const server = createServer((device) => {
    const bridge = connect(port, '127.0.0.1');
    sockets.push(device, bridge);
    const cut = (): void => {
      device.destroy();
      bridge.destroy();
    };
    for (const socket of [device, bridge]) socket.on('error', cut).on('close', cut);
    relay({ device, bridge, cut });
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
};

const [publish, puback] = [3, 4];

const has = (bytes: Uint8Array, type: number): boolean => packetsIn(bytes).some((packet) => typeOf(packet) === type);

const typeOf = ([first = 0]: Uint8Array): number => first >> 4;

/** Bytes are whole packets, none of them longer than 16 KiB. */
const packetsIn = (bytes: Uint8Array): readonly Uint8Array[] => {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [low = 0, high = 0] = bytes.subarray(at + 1, at + 3);
    const end = at + (low < 128 ? 2 + low : 3 + (low - 128) + 128 * high);
    packets.push(bytes.subarray(at, end));
    at = end;
  }
  return packets;
};
