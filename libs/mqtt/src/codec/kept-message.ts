/** How a message is kept in the session store: in a session, as a retained message, as a will. */
import { type Cursor, cursorOf, takeByte, takeText, takeVariableInteger } from './cursor.ts';
import type { OutgoingMessage, Qos } from './packets.ts';
import { lengthAndProperties, messageRows, sizeOfRows, takeProperties, writeRows } from './properties.ts';
import { place } from './property-table.ts';
import { variableIntegerBytes, writeVariableInteger } from './variable-integer.ts';

export type KeptContent = OutgoingMessage & {
  readonly retain: boolean;
  readonly qos: Qos;
  /** Of the subscriptions that it is kept for, if they have any (MQTT 5, 3.3.2.3.8). */
  readonly subscriptionIds: readonly number[] | undefined;
};

export type ToKeep = OutgoingMessage &
  Pick<KeptContent, 'retain'> &
  Partial<Pick<KeptContent, 'qos' | 'subscriptionIds'>>;

/**
 * In this order: the form's version, 1; a byte of flags (bit 0 retain, bits 1 and 2 QoS); the topic with two bytes of length; how
 * many subscription ids there are, and these, as variable byte integers; the properties as in a PUBLISH of MQTT 5 (3.3.2.3),
 * without topic alias; the payload to the end.
 */
export const keptBytes = (message: ToKeep): Uint8Array => {
  const { topic, payload, properties, retain, qos = 0, subscriptionIds = [] } = message;
  const size = sizeOfRows(properties, messageRows);
  const topicBytes = Buffer.byteLength(topic);
  const numbers = [subscriptionIds.length, ...subscriptionIds];
  const numbersSize = numbers.reduce((bytes, number) => bytes + variableIntegerBytes(number), 0);
  const target = Buffer.allocUnsafe(4 + topicBytes + numbersSize + lengthAndProperties(size) + payload.length);
  target[0] = version;
  target[1] = (retain ? 1 : 0) | (qos << 1);
  let at = target.writeUInt16BE(topicBytes, 2);
  at += target.write(topic, at);
  for (const number of numbers) at = writeVariableInteger(target, at, number);
  at = writeRows(target, writeVariableInteger(target, at, size), properties, messageRows);
  target.set(payload, at);
  return target;
};

/**
 * Undoes `keptBytes`. Payload and correlation data are views.
 * @throws {Error} when these bytes are not a form that is known.
 */
export const keptMessage = (bytes: Uint8Array): KeptContent => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const cursor = cursorOf('a kept message', all, 0, all.length);
  const form = takeByte(cursor, 'version');
  if (form !== version) throw new Error(`a kept message of version ${form}; this program knows version ${version}`);
  const flags = takeByte(cursor, 'flags');
  const topic = takeText(cursor, 'topic');
  const subscriptionIds = takeNumbers(cursor);
  const properties = takeProperties(cursor, place.publish);
  const qos = ((flags >> 1) & 3) as Qos; // As it was written.
  return { topic, payload: all.subarray(cursor.at), properties, retain: (flags & 1) !== 0, qos, subscriptionIds };
};

const takeNumbers = (cursor: Cursor): readonly number[] | undefined => {
  const length = takeVariableInteger(cursor, 'subscription ids');
  return length === 0 ? undefined : Array.from({ length }, () => takeVariableInteger(cursor, 'subscription id'));
};

const version = 1;
