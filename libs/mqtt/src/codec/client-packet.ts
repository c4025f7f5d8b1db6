/** One whole packet of a client that has sent its CONNECT. */
import { takeAcknowledge, takeAuth, takeDisconnect } from './acknowledge-packet.ts';
import { cursorOf, malformed } from './cursor.ts';
import { packetType } from './fixed-header.ts';
import type { ClientPacket, Level } from './packets.ts';
import { takeSubscribe, takeUnsubscribe } from './subscribe-packet.ts';

/**
 * Reads any packet but CONNECT and PUBLISH. Its fixed header has been checked.
 * @param from where that ends.
 * @throws {ProtocolViolation} when it is malformed.
 */
export const otherPacketAt = (bytes: Buffer, type: number, from: number, end: number, level: Level): ClientPacket => {
  switch (type) {
    case packetType.puback:
      return takeAcknowledge(cursorOf('a PUBACK', bytes, from, end), level, 'puback');
    case packetType.pubrec:
      return takeAcknowledge(cursorOf('a PUBREC', bytes, from, end), level, 'pubrec');
    case packetType.pubrel:
      return takeAcknowledge(cursorOf('a PUBREL', bytes, from, end), level, 'pubrel');
    case packetType.pubcomp:
      return takeAcknowledge(cursorOf('a PUBCOMP', bytes, from, end), level, 'pubcomp');
    case packetType.subscribe:
      return takeSubscribe(cursorOf('a SUBSCRIBE', bytes, from, end), level);
    case packetType.unsubscribe:
      return takeUnsubscribe(cursorOf('an UNSUBSCRIBE', bytes, from, end), level);
    case packetType.pingreq:
      return { type: 'pingreq' };
    case packetType.disconnect:
      return takeDisconnect(cursorOf('a DISCONNECT', bytes, from, end), level);
    case packetType.auth:
      return takeAuth(cursorOf('an AUTH', bytes, from, end));
    default:
      throw malformed(`a packet of type ${type}`);
  }
};
