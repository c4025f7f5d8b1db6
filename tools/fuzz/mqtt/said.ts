/**
 * What a client has said, as far as a server has to listen: read by the codec, which has fuzzers and a reference of its own. What the
 * server answers is measured by it.
 */
import { type Level, type PacketReader, packetReader } from '@plenum/mqtt/testing';
import { packetBytesMax } from './limits.ts';

export type Said = {
  readonly reader: PacketReader;
  /** Nothing behind it counts: it broke the protocol, or has said goodbye. The server has to close. */
  ended: boolean;
  /** The packet ids of its messages of QoS 1, in order. */
  readonly published: number[];
  /** How often it has sent each packet that has an answer, by the answer and the packet id. */
  readonly asked: Map<string, number>;
  receiveMaximum: number;
  packetBytesMax: number;
  wantsReasons: boolean;
  aliasMaximum: number;
  /** How many reasons each SUBACK and UNSUBACK has to have, by packet id. */
  readonly topicsOf: Map<string, number[]>;
};

export const nothingSaid = (): Said => ({
  ...{ reader: packetReader({ packetBytesMax }), ended: false, published: [], asked: new Map() },
  ...{ receiveMaximum: 0xffff, packetBytesMax: Number.POSITIVE_INFINITY, wantsReasons: true, aliasMaximum: 0 },
  topicsOf: new Map(),
});

export const levelOf = ({ reader }: Said): Level => reader.level() ?? 4;

export type Acknowledged = (packet: { type: 'puback' | 'pubrec' | 'pubcomp'; id: number; reason: number }) => void;

/** Reads on. `acknowledged` is called for each acknowledgement of a message. */
export const say = (said: Said, bytes: Uint8Array, acknowledged: Acknowledged): void => {
  if (said.ended) return;
  said.reader.push(bytes);
  try {
    for (let packet = said.reader.next(); packet !== undefined && !said.ended; packet = said.reader.next()) {
      take(said, packet);
      if (isAcknowledgement(packet)) acknowledged(packet);
    }
  } catch {
    said.ended = true;
    // A client of MQTT 5 hears why its CONNECT was no good.
    if (levelOf(said) === 5 && !said.asked.has('connack')) said.asked.set('connack', 1);
  }
};

type ClientPacket = NonNullable<ReturnType<PacketReader['next']>>;

const isAcknowledgement = (packet: ClientPacket): packet is ClientPacket & Parameters<Acknowledged>[0] =>
  packet.type === 'puback' || packet.type === 'pubrec' || packet.type === 'pubcomp';

const take = (said: Said, packet: ClientPacket): void => {
  const ask = (answer: string): void => void said.asked.set(answer, (said.asked.get(answer) ?? 0) + 1);
  switch (packet.type) {
    case 'connect': {
      const { receiveMaximum = 0xffff, maximumPacketBytes = Number.POSITIVE_INFINITY } = packet.properties;
      said.receiveMaximum = receiveMaximum;
      said.packetBytesMax = maximumPacketBytes;
      said.wantsReasons = packet.properties.requestProblemInformation !== 0;
      said.aliasMaximum = packet.properties.topicAliasMaximum ?? 0;
      ask('connack');
      break;
    }
    case 'publish':
      if (packet.badTopic !== undefined || (packet.oversized !== undefined && levelOf(said) === 5)) said.ended = true;
      if (packet.badTopic !== undefined) break;
      if (packet.qos === 1) said.published.push(packet.id);
      if (packet.qos === 2) ask(`pubrec ${packet.id}`);
      break;
    case 'pubrel':
      ask(`pubcomp ${packet.id}`);
      break;
    case 'subscribe':
    case 'unsubscribe': {
      const answer = `${packet.type === 'subscribe' ? 'suback' : 'unsuback'} ${packet.id}`;
      ask(answer);
      const count = packet.type === 'subscribe' ? packet.requests.length : packet.filters.length;
      said.topicsOf.set(answer, [...(said.topicsOf.get(answer) ?? []), count]);
      break;
    }
    case 'pingreq':
      ask('pingresp');
      break;
    case 'other-level':
      ask('connack');
      said.ended = true;
      break;
    case 'disconnect':
    case 'auth':
      said.ended = true;
      break;
    default:
      break;
  }
};
