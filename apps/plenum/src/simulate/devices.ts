/** MQTT connections of simulated nodes, one each, that publish at QoS 1 and reconnect by themselves. */
import mqtt from 'mqtt';
import type { AnsweringNodes } from './answering-nodes.ts';

export type SignIn = { readonly username: string; readonly password: string };

export type DevicesSettings = {
  /** `mqtt`, `mqtts`, `ws` or `wss`; user and password may stand in it. */
  readonly url: string;
  readonly clientIds: readonly string[];
  /** What each of them signs in with; without it they do not. */
  readonly signIns?: readonly SignIn[] | undefined;
  /** Takes the commands that come for them. */
  readonly answering?: Pick<AnsweringNodes, 'attach'> | undefined;
  /** Messages a node may have sent and not yet heard of. */
  readonly windowMax: number;
  /** How long the first connections may take. */
  readonly connectTimeoutMs: number;
  readonly stop: AbortSignal;
  /** Kept up to date. */
  readonly counts: { connected: number; reconnects: number };
};

export type Devices = {
  /**
   * Hands a message to a node's connection once its window has capacity. `settled` gets whether it was acknowledged.
   * An unacknowledged message is sent again when the connection comes back, for as long as it takes.
   * @throws the reason of `stop` when it aborts before there is capacity.
   */
  publish(node: number, message: Outgoing, settled: (acknowledged: boolean) => void): Promise<void>;
  /** Settles when nothing is in flight. */
  drained(): Promise<void>;
  /** Ends a node's connection in order, and settles when it is closed; what it had sent by then is acknowledged. */
  sleep(node: number): Promise<void>;
  /** Connects it again. */
  wake(node: number): void;
  /** Gives up what is still in flight. */
  close(): Promise<void>;
};

export type Outgoing = { readonly topic: string; readonly payload: Uint8Array; readonly retain: boolean };

const reconnectMs = 500;
/** A node that is refused so often before it was ever let in has no rights there, or other credentials. */
const refusalsMax = 5;
/** Bad user name or password, and not authorized, of MQTT 3.1.1. */
const refusalCodes: readonly unknown[] = [4, 5];

/** @throws Error when the broker does not take the connections in time, or does not let a node in. */
export const connectDevices = async (settings: DevicesSettings): Promise<Devices> => {
  let inFlight = 0;
  const rooms = settings.clientIds.map(() => ({ taken: 0, wake: undefined as (() => void) | undefined }));
  let idle = Promise.withResolvers<void>();
  idle.resolve();
  let closing = false;

  const clients = await connectAll(settings);
  // A caller that waits for capacity when everything stops must not wait for a broker that is gone.
  settings.stop.addEventListener('abort', () => {
    for (const room of rooms) room.wake?.();
  });
  return {
    publish: async (node, { topic, payload, retain }, settled) => {
      const [client, room] = [clients[node], rooms[node]];
      if (client === undefined || room === undefined) throw new Error(`there is no node ${node}`);
      if (room.taken >= settings.windowMax) {
        await new Promise<void>((resolve) => {
          room.wake = resolve;
        });
        settings.stop.throwIfAborted();
      }
      room.taken += 1;
      if (inFlight === 0) idle = Promise.withResolvers();
      inFlight += 1;
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      const publish = (): void => {
        client.publish(topic, bytes, { qos: 1, retain }, (error) => {
          const acknowledged = error === null || error === undefined;
          // What is handed over while a new connection sends what the last one left, mqtt.js forgets when that one is cut too.
          if (!acknowledged && !closing) return setTimeout(publish, reconnectMs);
          room.taken -= 1;
          inFlight -= 1;
          settled(acknowledged);
          room.wake?.();
          room.wake = undefined;
          if (inFlight === 0) idle.resolve();
        });
      };
      publish();
    },
    drained: () => idle.promise,
    sleep: async (node) => clients[node]?.endAsync(),
    wake: (node) => void clients[node]?.reconnect(),
    close: async () => {
      closing = true;
      await Promise.all(clients.map((client) => client.endAsync(inFlight > 0)));
    },
  };
};

const connectAll = async ({
  url,
  clientIds,
  signIns,
  answering,
  connectTimeoutMs,
  stop,
  counts,
}: DevicesSettings): Promise<readonly mqtt.MqttClient[]> => {
  let lastError = 'no answer';
  const refusals = new Map<string, number>();
  const refused = Promise.withResolvers<never>();
  const clients = clientIds.map((clientId, node) =>
    mqtt.connect(url, {
      ...signIns?.[node],
      ...{ clientId, clean: false, reconnectPeriod: reconnectMs, keepalive: 60, resubscribe: false },
      // A bridge whose log is away refuses with code 3 and means "later"; mqtt.js would never come back.
      reconnectOnConnackError: true,
    }),
  );
  for (const [node, client] of clients.entries()) answering?.attach(node, client);
  const { host } = new URL(url);
  const connected = clients.map(
    (client, node) =>
      new Promise<void>((resolve) => {
        let state: 'never up' | 'up' | 'down' = 'never up';
        client.on('connect', () => {
          counts.connected += 1;
          if (state === 'down') counts.reconnects += 1;
          state = 'up';
          resolve();
        });
        // Also comes after every attempt to reconnect that fails.
        client.on('close', () => {
          if (state !== 'up') return;
          counts.connected -= 1;
          state = 'down';
        });
        // mqtt.js tries again by itself; an error without a listener would end the process.
        client.on('error', (error) => {
          lastError = reasonOf(error);
          if (state !== 'never up' || !('code' in error && refusalCodes.includes(error.code))) return;
          const clientId = clientIds[node] ?? '';
          const times = (refusals.get(clientId) ?? 0) + 1;
          refusals.set(clientId, times);
          if (times < refusalsMax) return;
          const which = `${refusals.size} of ${clients.length} nodes, such as ${clientId}`;
          refused.reject(new NotLetIn(`the MQTT broker at ${host} does not let in ${which}: ${lastError}`));
        });
      }),
  );
  const limit = AbortSignal.any([AbortSignal.timeout(connectTimeoutMs), stop]);
  try {
    await Promise.race([Promise.all(connected), aborted(limit), refused.promise]);
    return clients;
  } catch (error) {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    stop.throwIfAborted();
    if (error instanceof NotLetIn) throw error;
    throw new Error(
      `${counts.connected} of ${clients.length} nodes could connect to the MQTT broker at ${host} ` +
        `within ${connectTimeoutMs / 1000} s: ${lastError}`,
      { cause: error },
    );
  }
};

/** The broker knows who it is, or does not, and says no. */
export class NotLetIn extends Error {
  override readonly name = 'NotLetIn';
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Node puts the addresses it tried into an AggregateError without a message. */
const reasonOf = (error: Error): string => {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return inner instanceof Error && inner.message !== '' ? inner.message : error.name;
};
