/**
 * Stands between a client and real brokers, knows where Kafka's frames begin and end, and does to the brokers' answers
 * what a script says. It is given to a client as its socket factory, so that the addresses brokers advertise lead
 * through it as well.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { faultProxy, type Tampering, type Way } from '@plenum/fault-proxy/testing';
import type { ISocketFactory } from 'kafkajs';

/** The keys of the requests that tests are about. */
export const apiKeys = { produce: 0, fetch: 1, metadata: 3, joinGroup: 11, heartbeat: 12 } as const;

/** What becomes of one answer: its bytes, changed or not, or a connection that is cut without it, or left without it. */
export type Script = (apiKey: number, answer: Buffer) => Buffer | 'cut' | 'held';

export type WireProxy = {
  readonly socketFactory: ISocketFactory;
  /** Replaces the script. Without one everything passes. */
  play(script: Script): void;
  /** Bytes that clients have sent in requests of this kind. */
  sentBytes(apiKey: number): number;
  /**
   * Brokers as they are when their processes are stopped: connections stay, others can be made, and nothing is answered.
   */
  freeze(): void;
  /** Ends the connections to every broker but one. */
  cutAllBut(port: number): void;
  /** Connections that clients have open. */
  connections(): number;
  /** Settles when clients have this many. */
  connectionsAre(count: number): Promise<void>;
  close(): Promise<void>;
};

export const openWireProxy = async (): Promise<WireProxy> => {
  let script: Script = (_, answer) => answer;
  const sent = new Map<number, number>();
  let frozen = false;
  const play: Script = (apiKey, answer) => (frozen ? 'held' : script(apiKey, answer));
  const count = (apiKey: number, bytes: number): void => void sent.set(apiKey, (sent.get(apiKey) ?? 0) + bytes);
  const proxy = await faultProxy({ to: targetOf, tamper: () => tampering(play, count) });

  return {
    socketFactory: ({ port, onConnect }) => {
      const socket = connect(proxy.port, '127.0.0.1', () => {
        const target = Buffer.alloc(2);
        target.writeUInt16BE(port);
        socket.write(target);
        onConnect();
      });
      return socket;
    },
    play(next) {
      script = next;
    },
    sentBytes: (apiKey) => sent.get(apiKey) ?? 0,
    freeze() {
      frozen = true;
    },
    cutAllBut(port) {
      for (const client of proxy.open()) if (client.port !== port) client.cut();
    },
    connections: () => proxy.open().length,
    async connectionsAre(wanted) {
      while (proxy.open().length !== wanted) await proxy.ended();
    },
    close: proxy.close,
  };
};

/** The first thing that a client says is the port it wants. */
const targetOf = async (client: Socket): Promise<{ readonly port: number }> => {
  await once(client, 'readable');
  const header: unknown = client.read(2);
  if (!Buffer.isBuffer(header)) throw new Error('a client said nothing');
  return { port: header.readUInt16BE(0) };
};

type Count = (apiKey: number, bytes: number) => void;

const tampering = (script: Script, count: Count): Tampering => {
  const asked = new Map<number, number>();
  return {
    toServer: frames((frame, way) => {
      asked.set(frame.readInt32BE(8), frame.readInt16BE(4));
      count(frame.readInt16BE(4), frame.length);
      way.pass(frame);
    }),
    toClient: frames((frame, way) => {
      const answer = script(asked.get(frame.readInt32BE(4)) ?? -1, frame);
      if (answer === 'cut') way.cut();
      else if (answer !== 'held') way.pass(answer);
    }),
  };
};

/** Collects bytes until a frame is whole: four bytes of length, and what they announce. */
const frames = (each: (frame: Buffer, way: Way) => void): ((chunk: Buffer, way: Way) => void) => {
  let held = Buffer.alloc(0);
  return (chunk, way) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      each(held.subarray(0, end), way);
      held = held.subarray(end);
    }
  };
};
