/** CONNECT (MQTT 3.1.1 and 5, 3.1). */
import {
  type Cursor,
  finish,
  malformed,
  protocolError,
  takeByte,
  takeBytes,
  takeText,
  takeTwoBytes,
} from './cursor.ts';
import { topicTextProblem } from './names.ts';
import type { ConnectPacket, Level, OtherLevelPacket, Properties, Qos, WillPacket } from './packets.ts';
import { noProperties, takeProperties } from './properties.ts';
import { place } from './property-table.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { reason } from './reason-codes.ts';

/**
 * Which protocol the client speaks. What is not spoken here is answered so in a CONNACK [MQTT-3.1.2-2], and nothing behind
 * is looked at.
 * @throws {ProtocolViolation} when it is no MQTT at all.
 */
export const takeLevel = (cursor: Cursor): Level | OtherLevelPacket => {
  const name = takeText(cursor, 'protocol name');
  if (name !== 'MQTT' && name !== 'MQIsdp') {
    throw new ProtocolViolation('a CONNECT of another protocol', reason.unsupportedProtocolVersion);
  }
  const sent = takeByte(cursor, 'protocol level');
  const level = sent & ~fromBridge;
  // MQTT 5 has other ways to say so, and Mosquitto refuses 0x85.
  if (name === 'MQIsdp' ? level === 3 : level === 4 || sent === 5) return level as Level; // One of these three.
  return { type: 'other-level', level: sent };
};

/** A broker that connects as a client, Mosquitto for one, sets this bit of the level. */
const fromBridge = 0x80;

/**
 * What follows the level.
 * @throws {ProtocolViolation} when it is malformed.
 */
export const takeConnect = (cursor: Cursor, level: Level): ConnectPacket => {
  const flags = takeFlags(cursor, level);
  const keepAliveS = takeTwoBytes(cursor, 'keep alive');
  const properties = level === 5 ? (takeProperties(cursor, place.connect) ?? noProperties) : noProperties;
  checkAuthentication(properties);
  const clientId = takeText(cursor, 'client id');
  const will = flags.will ? takeWill(cursor, level, flags) : undefined;
  const userName = flags.userName ? takeText(cursor, 'user name') : undefined;
  const password = flags.password ? Buffer.from(takeBytes(cursor, 'password')) : undefined;
  finish(cursor);
  const { clean } = flags;
  return { type: 'connect', level, clean, keepAliveS, clientId, userName, password, will, properties };
};

type Flags = {
  readonly clean: boolean;
  readonly will: boolean;
  readonly willQos: Qos;
  readonly willRetain: boolean;
  readonly userName: boolean;
  readonly password: boolean;
};

/** MQTT 3.1.1 and 5, 3.1.2.3. */
const takeFlags = (cursor: Cursor, level: Level): Flags => {
  const byte = takeByte(cursor, 'flags');
  const will = (byte & 0x04) !== 0;
  const userName = (byte & 0x80) !== 0;
  const password = (byte & 0x40) !== 0;
  const willQos = (byte >> 3) & 3;
  if ((byte & 0x01) !== 0) throw malformed('a CONNECT with its reserved flag set');
  if (!will && (byte & 0x38) !== 0) throw malformed('a CONNECT with QoS or retain of a will that it has not');
  if (willQos === 3) throw malformed('a CONNECT with a will of QoS 3');
  if (password && !userName && level !== 5) throw malformed('a CONNECT with a password and no user name');
  const clean = (byte & 0x02) !== 0;
  return { clean, will, willQos: willQos as Qos, willRetain: (byte & 0x20) !== 0, userName, password }; // Not 3.
};

/** Copied, as the password is: they outlive the chunk they came in. */
const takeWill = (cursor: Cursor, level: Level, { willQos: qos, willRetain: retain }: Flags): WillPacket => {
  const properties = level === 5 ? (takeProperties(cursor, place.will) ?? noProperties) : noProperties;
  const topic = takeText(cursor, 'will topic');
  const problem = topicTextProblem(topic);
  if (problem !== undefined) throw malformed(`a CONNECT with a will: ${problem}`);
  const payload = Buffer.from(takeBytes(cursor, 'will message'));
  return { topic, payload, qos, retain, properties };
};

/** MQTT 5, 3.1.2.11.10. */
const checkAuthentication = ({ authenticationMethod, authenticationData }: Properties): void => {
  if (authenticationData !== undefined && authenticationMethod === undefined) {
    throw protocolError('a CONNECT with authentication data and no method');
  }
};
