/**
 * What a client keeps beyond a connection, as both standards want it (4.1 and 4.4; MQTT 5, 4.1): what it sent and is not acknowledged,
 * and the packet ids of QoS 2 that it received and are not released. Its answers are decided here, and sent elsewhere.
 */
import type { Packet } from 'mqtt-packet';

export type Qos = 0 | 1 | 2;

export type Message = {
  /** Unlike that of any other message. */
  readonly n: number;
  readonly topic: string;
  /** Empty: takes away what is retained. */
  readonly payload: string;
  readonly qos: 1 | 2;
  readonly retain: boolean;
};

/** `sent`: PUBLISH. `received`: PUBREC came, and PUBREL is sent. */
export type Unacknowledged = { readonly message: Message; readonly id: number; stage: 'sent' | 'received' };

export type ClientState = {
  /** By packet id, in the order of their PUBLISH. */
  readonly unacknowledged: Map<number, Unacknowledged>;
  readonly receivedIds: Set<number>;
  lastId: number;
};

export const newClientState = (): ClientState => ({ unacknowledged: new Map(), receivedIds: new Set(), lastId: 0 });

/** The PUBLISH of a new message, which is unacknowledged from then on. */
export const publishNew = (state: ClientState, message: Message): Packet => {
  do state.lastId = (state.lastId % 65_535) + 1;
  while (state.unacknowledged.has(state.lastId));
  const sent: Unacknowledged = { message, id: state.lastId, stage: 'sent' };
  state.unacknowledged.set(sent.id, sent);
  return publishOf(sent, false);
};

/** What goes again after reconnecting [MQTT-4.4.0-1]. */
export const sentAgain = (state: ClientState): readonly Packet[] =>
  [...state.unacknowledged.values()].map((one) =>
    one.stage === 'sent' ? publishOf(one, true) : { cmd: 'pubrel', messageId: one.id },
  );

const publishOf = ({ message, id }: Unacknowledged, dup: boolean): Packet => {
  const { topic, payload, qos, retain } = message;
  return { cmd: 'publish', topic, payload, qos, retain, dup, messageId: id };
};

export type Taken = {
  readonly answer?: Packet;
  /** A message came that is new to the client. */
  readonly heard?: Extract<Packet, { readonly cmd: 'publish' }>;
  readonly acknowledged?: { readonly message: Message; readonly reason: number };
};

const nothing: Taken = {};

/** What a packet means to the client, and what it answers. */
export const take = (state: ClientState, packet: Packet): Taken => {
  const { unacknowledged, receivedIds } = state;
  const id = packet.messageId ?? 0;
  const mine = unacknowledged.get(id);
  switch (packet.cmd) {
    case 'publish':
      if (packet.qos === 0) return { heard: packet };
      if (packet.qos === 1) return { heard: packet, answer: { cmd: 'puback', messageId: id } };
      if (receivedIds.has(id)) return { answer: { cmd: 'pubrec', messageId: id } };
      receivedIds.add(id);
      return { heard: packet, answer: { cmd: 'pubrec', messageId: id } };
    case 'pubrel':
      receivedIds.delete(id);
      return { answer: { cmd: 'pubcomp', messageId: id } };
    case 'pubrec':
      if (mine === undefined) return { answer: { cmd: 'pubrel', messageId: id } };
      if ((packet.reasonCode ?? 0) >= 0x80) return acknowledged(state, mine, packet.reasonCode);
      mine.stage = 'received';
      return { answer: { cmd: 'pubrel', messageId: id } };
    case 'puback':
    case 'pubcomp':
      return mine === undefined ? nothing : acknowledged(state, mine, packet.reasonCode);
    default:
      return nothing;
  }
};

const acknowledged = ({ unacknowledged }: ClientState, { message, id }: Unacknowledged, reason = 0): Taken => {
  unacknowledged.delete(id);
  return { acknowledged: { message, reason } };
};
