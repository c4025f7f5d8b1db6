/** PUBACK, PUBREC, PUBREL, PUBCOMP (3.4 to 3.7), DISCONNECT (3.14) and AUTH (MQTT 5, 3.15). */
import { type Cursor, finish, hasMore, protocolError, takeByte, takePacketId } from './cursor.ts';
import type { AckPacket, AuthPacket, DisconnectPacket, Level } from './packets.ts';
import { takeProperties } from './properties.ts';
import { place } from './property-table.ts';
import { reason } from './reason-codes.ts';

/** @throws {ProtocolViolation} when what is behind the fixed header is malformed. */
export const takeAcknowledge = (cursor: Cursor, level: Level, type: AckPacket['type']): AckPacket => {
  const id = takePacketId(cursor);
  if (level !== 5 || !hasMore(cursor)) {
    finish(cursor);
    return { type, id, reason: reason.success, properties: undefined };
  }
  const code = takeReason(cursor, type === 'puback' || type === 'pubrec' ? reasonsOfReceiver : reasonsOfRelease);
  const properties = hasMore(cursor) ? takeProperties(cursor, place.acknowledge) : undefined;
  finish(cursor);
  return { type, id, reason: code, properties };
};

/** In MQTT 3.1.1 there is nothing in it. @throws {ProtocolViolation} when it is malformed. */
export const takeDisconnect = (cursor: Cursor, level: Level): DisconnectPacket => {
  if (level !== 5 || !hasMore(cursor)) {
    finish(cursor);
    return { type: 'disconnect', reason: reason.success, properties: undefined };
  }
  const code = takeReason(cursor, reasonsOfDisconnect);
  const properties = hasMore(cursor) ? takeProperties(cursor, place.disconnect) : undefined;
  finish(cursor);
  return { type: 'disconnect', reason: code, properties };
};

/**
 * Without reason and properties it says success, which only servers may (3.15.2.1).
 * @throws {ProtocolViolation} when it is malformed.
 */
export const takeAuth = (cursor: Cursor): AuthPacket => {
  if (!hasMore(cursor)) throw protocolError('an AUTH that says success');
  const code = takeReason(cursor, reasonsOfAuth);
  const properties = takeProperties(cursor, place.auth);
  finish(cursor);
  if (properties?.authenticationMethod === undefined) throw protocolError('an AUTH without authentication method');
  return { type: 'auth', reason: code, properties };
};

const takeReason = (cursor: Cursor, allowed: ReadonlySet<number>): number => {
  const code = takeByte(cursor, 'reason code');
  if (!allowed.has(code)) throw protocolError(`${cursor.packet} with reason code ${code}`);
  return code;
};

/** 3.4.2.1 and 3.5.2.1. */
const reasonsOfReceiver: ReadonlySet<number> = new Set([
  reason.success,
  reason.noMatchingSubscribers,
  reason.unspecified,
  reason.implementationSpecific,
  reason.notAuthorized,
  reason.topicNameInvalid,
  reason.packetIdInUse,
  reason.quotaExceeded,
  reason.payloadFormatInvalid,
]);

/** 3.6.2.1 and 3.7.2.1. */
const reasonsOfRelease: ReadonlySet<number> = new Set([reason.success, reason.packetIdNotFound]);

/** Those of 3.14.2.1 that a client may send. */
const reasonsOfDisconnect: ReadonlySet<number> = new Set([
  reason.success,
  reason.disconnectWithWill,
  reason.unspecified,
  reason.malformedPacket,
  reason.protocolError,
  reason.implementationSpecific,
  reason.topicNameInvalid,
  reason.receiveMaximumExceeded,
  reason.topicAliasInvalid,
  reason.packetTooLarge,
  reason.messageRateTooHigh,
  reason.quotaExceeded,
  reason.administrativeAction,
  reason.payloadFormatInvalid,
]);

/** Those of 3.15.2.1 that a client may send: continue, and authenticate again. */
const reasonsOfAuth: ReadonlySet<number> = new Set([0x18, 0x19]);
