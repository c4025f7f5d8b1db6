/** Fixed header, fields and properties of a packet that is written, but PUBLISH. */
import type { Properties } from './packets.ts';
import { lengthAndProperties, propertiesSize, writeProperties } from './properties.ts';
import { variableIntegerBytes, writeVariableInteger } from './variable-integer.ts';

/** A packet without properties. */
export const plainPacket = (first: number, fields: readonly number[]): Buffer => {
  const target = Buffer.allocUnsafe(1 + variableIntegerBytes(fields.length) + fields.length);
  target[0] = first;
  target.set(fields, writeVariableInteger(target, 1, fields.length));
  return target;
};

/** A packet with a list of properties between its fields and what is behind, even when none are in it. */
export const packetWithProperties = (
  first: number,
  fields: readonly number[],
  properties: Properties | undefined,
  behind: readonly number[] = [],
): Buffer => {
  const size = propertiesSize(properties);
  const remaining = fields.length + lengthAndProperties(size) + behind.length;
  const target = Buffer.allocUnsafe(1 + variableIntegerBytes(remaining) + remaining);
  target[0] = first;
  const at = writeVariableInteger(target, 1, remaining);
  target.set(fields, at);
  target.set(behind, writeProperties(target, at + fields.length, properties, size));
  return target;
};
