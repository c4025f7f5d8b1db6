/** What a client hears has to be well-formed, and an answer to what it said. Read by mqtt-packet, which knows nothing of our codec. */
import mqttPacket, { type Packet } from 'mqtt-packet';
import { levelOf, type Said } from './said.ts';

export type Owed = { readonly type: 'puback' | 'pubrec' | 'pubcomp'; readonly id: number };

export type Heard = {
  /** Of a packet that has not come as a whole. */
  rest: Buffer;
  parser: ReturnType<typeof mqttPacket.parser> | undefined;
  packets: Packet[];
  packetsHeard: number;
  isClosing: boolean;
  /** How many of the client's messages of QoS 1 are acknowledged. */
  acknowledged: number;
  /** Answers so far, by what they answer. */
  readonly answers: Map<string, number>;
  /** Messages to the client that it has not acknowledged, by packet id. */
  readonly inFlight: Map<number, 1 | 2>;
  /** Acknowledged before they were heard: the server may have sent them by then. */
  readonly early: Set<number>;
  /** What it should answer, and has not. */
  owed: Owed[];
};

export const nothingHeard = (): Heard => ({
  ...{ rest: nothing, parser: undefined, packets: [], packetsHeard: 0, isClosing: false, acknowledged: 0 },
  ...{ answers: new Map(), inFlight: new Map(), early: new Set(), owed: [] },
});

const nothing = Buffer.alloc(0);

/** @throws what is wrong with it. */
export const hear = (heard: Heard, said: Said, chunk: Buffer): void => {
  let bytes = heard.rest.length === 0 ? chunk : Buffer.concat([heard.rest, chunk]);
  for (let size = sizeOf(bytes); size <= bytes.length; size = sizeOf(bytes)) {
    hearPacket(heard, said, bytes.subarray(0, size));
    bytes = bytes.subarray(size);
  }
  heard.rest = bytes;
};

/** Of the packet that begins there; more than there is when its length is not whole. */
const sizeOf = (bytes: Buffer): number => {
  let length = 0;
  for (let at = 1; at < 5; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return Number.POSITIVE_INFINITY;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return 1 + at + length;
  }
  throw new Error('a remaining length of more than four bytes');
};

const hearPacket = (heard: Heard, said: Said, bytes: Buffer): void => {
  const level = levelOf(said);
  if (heard.parser === undefined) {
    heard.parser = mqttPacket.parser({ protocolVersion: level });
    heard.parser.on('packet', (packet) => heard.packets.push(packet));
    heard.parser.on('error', (error) => {
      throw error;
    });
  }
  heard.packets = [];
  heard.parser.parse(bytes);
  const [packet] = heard.packets;
  if (packet === undefined || heard.packets.length > 1) throw new Error(`no packet: ${bytes.toString('hex')}`);
  if (bytes.length > said.packetBytesMax) throw new Error(`a ${packet.cmd} that is larger than the client takes`);
  if (heard.isClosing) throw new Error(`a ${packet.cmd} behind its last packet`);
  if ((heard.packetsHeard === 0) !== (packet.cmd === 'connack')) throw new Error(`a ${packet.cmd} in the wrong place`);
  heard.packetsHeard += 1;
  check(heard, said, packet, level);
};

const check = (heard: Heard, said: Said, packet: Packet, level: number): void => {
  if (!said.wantsReasons && tellsReason(packet)) throw new Error(`a ${packet.cmd} with a reason that is not wanted`);
  const { cmd, messageId: id = 0 } = packet;
  switch (cmd) {
    case 'publish':
      hearMessage(heard, said, packet);
      break;
    case 'puback':
      if (said.published[heard.acknowledged] !== id) throw new Error('a PUBACK that is not for the next message');
      heard.acknowledged += 1;
      break;
    case 'pubrel':
      // Of a session that goes on it may come without a PUBREC on this connection.
      heard.owed.push({ type: 'pubcomp', id });
      break;
    case 'connack':
    case 'pingresp':
      isAsked(heard, said, cmd);
      break;
    case 'pubrec':
    case 'pubcomp':
    case 'suback':
    case 'unsuback': {
      const answer = `${cmd} ${id}`;
      isAsked(heard, said, answer);
      const wanted = said.topicsOf.get(answer);
      if (wanted === undefined || !('granted' in packet) || !Array.isArray(packet.granted)) break;
      // Of several with one packet id, which a client must not have, any may be the first to be answered.
      const which = wanted.indexOf(packet.granted.length);
      if (which < 0) throw new Error(`a ${cmd} with another number of reasons than was asked for`);
      wanted.splice(which, 1);
      break;
    }
    case 'disconnect':
      if (level !== 5) throw new Error('a DISCONNECT from the server before MQTT 5');
      heard.isClosing = true;
      break;
    default:
      throw new Error(`a ${cmd} from a server`);
  }
  if (cmd === 'connack' && (packet.returnCode ?? packet.reasonCode ?? 0) !== 0) heard.isClosing = true;
};

const tellsReason = ({ cmd, properties }: Packet & { properties?: object }): boolean =>
  cmd !== 'publish' &&
  cmd !== 'connack' &&
  cmd !== 'disconnect' &&
  properties !== undefined &&
  ('reasonString' in properties || 'userProperties' in properties);

const isAsked = ({ answers }: Heard, { asked }: Said, answer: string): void => {
  const count = (answers.get(answer) ?? 0) + 1;
  answers.set(answer, count);
  if (count > (asked.get(answer) ?? 0)) throw new Error(`a ${answer.split(' ')[0]} that nothing asked for`);
};

const hearMessage = (heard: Heard, said: Said, packet: Packet & { cmd: 'publish' }): void => {
  const { qos, dup, topic, properties, messageId: id = 0 } = packet;
  if (topic === '' || /[+#\0]/.test(topic)) throw new Error('a message on a topic that is none');
  if (properties?.topicAlias !== undefined) throw new Error('a topic alias that was not allowed');
  if (qos === 0) {
    if (dup) throw new Error('a message of QoS 0 that says it is a duplicate');
    return;
  }
  if (id === 0) throw new Error('a message without a packet id');
  if (heard.inFlight.has(id)) throw new Error('a packet id that is in use');
  if (!heard.early.has(id)) heard.inFlight.set(id, qos);
  if (heard.inFlight.size > said.receiveMaximum) throw new Error('more messages at once than the client takes');
  heard.owed.push({ type: qos === 1 ? 'puback' : 'pubrec', id });
};

/** The client has sent an acknowledgement; `isRefusal`: with a reason that ends the exchange. */
export const acknowledgedBy = ({ inFlight, early }: Heard, { type, id }: Owed, isRefusal: boolean): void => {
  const qos = inFlight.get(id);
  if (qos === undefined) early.add(id);
  const isOver = type === 'pubrec' ? qos === 2 && isRefusal : (type === 'puback') === (qos === 1);
  if (isOver) inFlight.delete(id);
};
