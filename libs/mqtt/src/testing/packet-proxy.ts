/** A TCP proxy before a broker that cuts connections between two MQTT packets, where a test says. */
import type { TestContext } from 'node:test';
import { faultProxy, type Way } from '@plenum/fault-proxy/testing';
import { variableInteger } from '../connector/variable-integer.ts';

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
  let cuts = 0;
  const proxy = await faultProxy({
    to: () => ({ port }),
    tamper: (connection) => {
      const packetsMax = cutAfter(connection) ?? Number.POSITIVE_INFINITY;
      let passed = 0;
      const pass = (packet: Uint8Array, way: Way): void => {
        if (passed >= packetsMax) return;
        passed += 1;
        if (passed < packetsMax) {
          way.pass(packet);
          return;
        }
        cuts += 1;
        way.pass(packet, way.cut); // It arrives; what comes behind it does not.
      };
      return { toServer: packets(pass), toClient: packets(pass) };
    },
  });
  t.after(() => proxy.close());
  return { port: proxy.port, cuts: () => cuts };
};

/** Cuts a byte stream into MQTT packets by their fixed headers alone. */
const packets = (each: (packet: Uint8Array, way: Way) => void): ((bytes: Buffer, way: Way) => void) => {
  let held: Buffer = Buffer.alloc(0);
  return (bytes, way) => {
    held = Buffer.concat([held, bytes]);
    for (let size = packetBytes(held); size !== undefined && size <= held.length; size = packetBytes(held)) {
      each(held.subarray(0, size), way);
      held = held.subarray(size);
    }
  };
};

const packetBytes = (bytes: Uint8Array): number | undefined => {
  const length = variableInteger(bytes, 1, bytes.length, 'remaining length');
  return length && length.endsAt + length.value;
};
