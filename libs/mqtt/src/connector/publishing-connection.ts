/** One connection to the broker by which messages leave and none comes, by mqtt.js. */
import type { DeviceMessageProperties } from '@plenum/runtime';
import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import type { ConnectorLimits } from './connector-limits.ts';
import { type BrokerUrl, type DialTls, dial } from './dial.ts';
import { type Credentials, isOtherProtocol } from './handshake.ts';

export type PublishingParts = {
  readonly url: BrokerUrl;
  readonly tls: DialTls;
  readonly credentials: Credentials | undefined;
  readonly clientId: string;
  readonly protocol: 4 | 5;
  readonly limits: Pick<ConnectorLimits, 'connectTimeoutMs' | 'keepaliveMs'>;
  /** Gives up what is being opened. */
  readonly stop: AbortSignal;
};

export type Outbound = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 1 | 2;
  readonly properties: DeviceMessageProperties | undefined;
  /** Of its time; sent to brokers of MQTT 5. `undefined`: for ever. */
  readonly leftS: number | undefined;
  readonly retain: boolean;
};

export type PublishingConnection = {
  /** As many may be on their way (Receive Maximum of the broker), with this QoS, in packets of so many bytes. */
  readonly takes: Takes;
  bytesOf(message: Outbound): number;
  /** Calls back with the reason code of PUBACK or PUBREC; not at all when the connection ends before. */
  publish(message: Outbound, answered: (reason: number) => void): void;
  /** Settles with why it has ended. */
  readonly ended: Promise<string>;
  /** Ends it, with DISCONNECT when nothing is on its way. */
  close(): Promise<void>;
};

type Takes = {
  readonly inFlight: number;
  readonly qos: 0 | 1 | 2;
  readonly packetBytes: number;
  /** Whether the broker retains anything. */
  readonly retained: boolean;
};

/** What is in the way of a connection. `other-protocol`: the broker does not speak this version. */
export type NoConnection = { readonly how: 'other-protocol' | 'failed'; readonly reason: string };

export const isConnection = <T extends { readonly ended: Promise<string> }>(opened: T | NoConnection): opened is T =>
  'ended' in opened;

/** Settles when the broker has let us in, or has not. */
export const openPublishing = async (parts: PublishingParts): Promise<PublishingConnection | NoConnection> => {
  const opened = await openClient(parts);
  return isConnection(opened) ? connected(opened, parts.protocol) : opened;
};

export type OpenClient = {
  readonly client: MqttClient;
  readonly connack: IConnackPacket;
  /** Settles with why it has ended. */
  readonly ended: Promise<string>;
};

/** In a session of its own that ends with it. */
export const openClient = async (parts: PublishingParts): Promise<OpenClient | NoConnection> => {
  const { MqttClient: Client } = await import('mqtt'); // Loaded by who publishes, and no listener.
  const { url, tls, credentials, clientId, protocol, limits, stop } = parts;
  let isOther = false;
  let why = 'the connection was closed';
  const stream = () => {
    const bytes = dial(url, tls);
    bytes.once('data', (first: Uint8Array) => {
      isOther = isOtherProtocol(first);
    });
    return bytes;
  };
  const client = new Client(stream, {
    ...{ clientId, protocolId: 'MQTT', protocolVersion: protocol, clean: true, resubscribe: false },
    ...{ reconnectPeriod: 0, connectTimeout: limits.connectTimeoutMs },
    keepalive: Math.max(1, Math.round(limits.keepaliveMs / 1000)),
    ...(credentials && { username: credentials.username }),
    ...(credentials?.password !== undefined && { password: credentials.password }),
  });
  const ended = Promise.withResolvers<string>();
  client.on('error', (error) => {
    why = error.message;
  });
  client.on('disconnect', ({ reasonCode = 0 }) => {
    why = `DISCONNECT 0x${reasonCode.toString(16)}`;
  });
  client.on('close', () => ended.resolve(why));
  const giveUp = (): unknown => client.end(true);
  if (stop.aborted) giveUp();
  stop.addEventListener('abort', giveUp, { once: true });
  const connack = await Promise.race([
    new Promise<IConnackPacket>((resolve) => client.once('connect', resolve)),
    ended.promise,
  ]);
  stop.removeEventListener('abort', giveUp);
  if (typeof connack !== 'string') return { client, connack, ended: ended.promise };
  client.end(true);
  return { how: isOther ? 'other-protocol' : 'failed', reason: connack };
};

const connected = ({ client, connack, ended }: OpenClient, protocol: 4 | 5): PublishingConnection => {
  const { receiveMaximum = inFlightMax, maximumQoS = 2, maximumPacketSize, retainAvailable } = connack.properties ?? {};
  /** Reasons of PUBACK and PUBREC by packet id: mqtt.js keeps those to itself that are no failures. */
  const reasons = new Map<number, number>();
  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec') return;
    reasons.set(packet.messageId ?? 0, packet.reasonCode ?? 0);
  });
  return {
    takes: {
      inFlight: Math.min(receiveMaximum, inFlightMax),
      qos: maximumQoS as 0 | 1 | 2,
      packetBytes: maximumPacketSize ?? Number.POSITIVE_INFINITY,
      retained: retainAvailable !== false,
    },
    bytesOf: (message) =>
      mqttPacket.generate(
        {
          cmd: 'publish',
          topic: message.topic,
          payload: bytesOf(message),
          ...headersOf(message, protocol),
          messageId: 1,
        },
        { protocolVersion: protocol },
      ).length,
    publish: (message, answered) => {
      // QoS 2 is called back for with PUBCOMP: some brokers pass a message on at PUBREL.
      const { topic } = message;
      client.publish(topic, bytesOf(message), headersOf(message, protocol), (_error, packet) => {
        const reason = reasons.get(packet?.messageId ?? 0);
        reasons.delete(packet?.messageId ?? 0);
        if (reason !== undefined) answered(reason);
      });
    },
    ended,
    close: async () => {
      const timer = setTimeout(() => client.end(true), leaveMs);
      const isIdle = Object.keys(client.outgoing).length === 0;
      client.end(!isIdle);
      await ended;
      clearTimeout(timer);
    },
  };
};

const bytesOf = ({ payload }: Outbound): Buffer => Buffer.from(payload.buffer, payload.byteOffset, payload.length);

const headersOf = ({ qos, properties, leftS, retain }: Outbound, protocol: 4 | 5) => ({
  ...{ qos, dup: false, retain },
  ...(protocol === 5 && {
    properties: { ...(leftS !== undefined && { messageExpiryInterval: leftS }), ...propertiesOf(properties) },
  }),
});

const propertiesOf = (properties: DeviceMessageProperties = {}): NonNullable<IPublishPacket['properties']> => {
  const { contentType, responseTopic, correlationData, userProperties } = properties;
  return {
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
    ...(userProperties !== undefined && { userProperties: valuesByName(userProperties) }),
  };
};

/** Names in the order in which they came first; a name that came more than once has all its values. */
const valuesByName = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
};

/** As much as the listener sends a device before it acknowledges. */
const inFlightMax = 100;
/** How long the broker may take to close after our goodbye. */
const leaveMs = 2000;
