/** What a server says, written so that two servers that mean the same say the same. */
import type { Packet } from 'mqtt-packet';

/** Packet ids that the server chooses, numbered in the order in which a client first sees them. */
export type Numbering = Map<number, number>;

/** `publish a/b "text" qos 1 m1 dup retain`, `connack 0 present`, `suback 1: 0 128`, `puback 7`. */
export const answerOf = (packet: Packet, numbering: Numbering): string => {
  switch (packet.cmd) {
    case 'connack':
      return `connack ${packet.returnCode}${packet.sessionPresent ? ' present' : ''}`;
    case 'suback':
      return `suback ${packet.messageId}: ${(packet.granted as readonly number[]).join(' ')}`;
    case 'publish': {
      const { topic, payload, qos, dup, retain, messageId } = packet;
      const id = qos === 0 || messageId === undefined ? [] : [numbered(messageId, numbering)];
      const flags = [...(dup ? ['dup'] : []), ...(retain ? ['retain'] : [])];
      return ['publish', topic, JSON.stringify(payload.toString()), `qos ${qos}`, ...id, ...flags].join(' ');
    }
    case 'pubrel':
      return `pubrel ${numbered(packet.messageId ?? 0, numbering)}`;
    case 'pingresp':
      return 'pingresp';
    default:
      return `${packet.cmd} ${packet.messageId}`;
  }
};

const numbered = (id: number, numbering: Numbering): string => {
  const known = numbering.get(id) ?? numbering.size + 1;
  numbering.set(id, known);
  return `m${known}`;
};
