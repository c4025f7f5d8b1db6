/** CONNECT (MQTT 3.1.1, 3.1), checked before the broker reads it. */
import { fieldsOf } from './fields.ts';
import { topicNameProblem } from './names.ts';
import { ProtocolViolation } from './protocol-violation.ts';

/**
 * Checks the bytes behind the fixed header.
 * @returns whether it is of a protocol that is spoken here. What is not is answered so in a CONNACK [MQTT-3.1.2-2], and
 * nothing in it but its name and level is looked at.
 * @throws {ProtocolViolation} when the connection has to be closed without a word.
 */
export const checkConnect = (bytes: Uint8Array, from: number, end: number): boolean => {
  const fields = fieldsOf('CONNECT', bytes, from, end);
  const name = fields.text('protocol name');
  if (name !== nameOf311 && name !== nameOf31) throw new ProtocolViolation('a CONNECT of another protocol');
  const level = fields.byte('protocol level') & ~fromBridge;
  if (level !== (name === nameOf311 ? 4 : 3)) return false;
  const flags = connectFlags(fields.byte('flags'));
  fields.number('keepalive');
  fields.text('client id');
  if (flags.will) {
    const topic = Buffer.from(fields.text('will topic'));
    const problem = topicNameProblem(topic, 0, topic.length);
    if (problem !== undefined) throw new ProtocolViolation(`a CONNECT with a will: ${problem}`);
    fields.bytes('will message');
  }
  if (flags.userName) fields.text('user name');
  if (flags.password) fields.bytes('password');
  fields.end();
  return true;
};

const nameOf311 = 'MQTT';
const nameOf31 = 'MQIsdp';
/** A broker that connects as a client, Mosquitto for one, sets this bit of the level. */
const fromBridge = 0x80;

type Flags = { readonly will: boolean; readonly userName: boolean; readonly password: boolean };

/** MQTT 3.1.1, 3.1.2.3 to 3.1.2.9. */
const connectFlags = (byte: number): Flags => {
  const will = (byte & 0x04) !== 0;
  const userName = (byte & 0x80) !== 0;
  const password = (byte & 0x40) !== 0;
  if ((byte & 0x01) !== 0) throw new ProtocolViolation('a CONNECT with its reserved flag set');
  if (!will && (byte & 0x38) !== 0)
    throw new ProtocolViolation('a CONNECT with QoS or retain of a will that it has not');
  if ((byte & 0x18) === 0x18) throw new ProtocolViolation('a CONNECT with a will of QoS 3');
  if (password && !userName) throw new ProtocolViolation('a CONNECT with a password and no user name');
  return { will, userName, password };
};

/** Makes the broker answer "unacceptable protocol version", whatever version it was: a CONNECT of MQTT 5 without content. */
export const connectOfOtherLevel: Uint8Array = Buffer.from([
  ...[0x10, 14, 0, 4, ...Buffer.from(nameOf311), 5],
  ...[0x02, 0, 60, 0, 0, 1, 0x78],
]);
