/** Lists of properties (MQTT 5, 2.2.2) in packets. */
import { type Cursor, cursorOf, hasMore, malformed, protocolError, takeVariableInteger } from './cursor.ts';
import type { Properties } from './packets.ts';
import { type GivenProperties, type OpenProperties, type PropertyRow, place, propertyRows } from './property-table.ts';
import { variableIntegerBytes, writeVariableInteger } from './variable-integer.ts';

/** Of a packet that has none. */
export const noProperties: Properties = Object.freeze({});

/**
 * Reads the length of properties, and so many.
 * @param where bits of `place`.
 * @returns `undefined` when there are none.
 * @throws {ProtocolViolation} when they are malformed, or may not be there.
 */
export const takeProperties = (cursor: Cursor, where: number): Properties | undefined => {
  const length = takeVariableInteger(cursor, 'length of properties');
  if (length === 0) return undefined;
  const end = cursor.at + length;
  if (end > cursor.end) throw malformed(`${cursor.packet} that ends inside its properties`);
  const list = cursorOf(cursor.packet, cursor.bytes, cursor.at, end);
  const properties: OpenProperties = {};
  while (hasMore(list)) {
    const id = takeVariableInteger(list, 'property');
    const row = rowsById[id];
    if (row === undefined || (row.places & where) === 0) throw misplaced(cursor.packet, id, row);
    row.read(list, properties);
  }
  cursor.at = end;
  return properties;
};

/** By their numbers. */
const rowsById: readonly (PropertyRow | undefined)[] = Array.from({ length: 0x2b }, (_, id) =>
  propertyRows.find((row) => row.id === id),
);

const misplaced = (packet: string, id: number, row: PropertyRow | undefined): Error => {
  if (row === undefined) return malformed(`${packet} with property ${id}, which there is not`);
  // Named by the standard as what it is [MQTT-3.3.4-6].
  if (row.name === 'subscriptionIds') return protocolError(`${packet} with a subscription id from a client`);
  return malformed(`${packet} with property ${id} (${row.name})`);
};

/** Bytes of all properties that are there, without their length. */
export const propertiesSize = (properties: GivenProperties | undefined): number => sizeOfRows(properties, propertyRows);

/** Bytes of a list of `size` bytes with its length. */
export const lengthAndProperties = (size: number): number => variableIntegerBytes(size) + size;

/** Writes the length, which is `size`, and all properties; returns where they end. */
export const writeProperties = (
  target: Buffer,
  at: number,
  properties: GivenProperties | undefined,
  size: number,
): number => writeRows(target, writeVariableInteger(target, at, size), properties, propertyRows);

/** Bytes of those of some rows. */
export const sizeOfRows = (properties: GivenProperties | undefined, rows: readonly PropertyRow[]): number => {
  if (properties === undefined) return 0;
  let size = 0;
  for (const row of rows) size += row.sizeOf(properties);
  return size;
};

/** Writes those of some rows, without their length; returns where they end. */
export const writeRows = (
  target: Buffer,
  from: number,
  properties: GivenProperties | undefined,
  rows: readonly PropertyRow[],
): number => {
  if (properties === undefined) return from;
  let at = from;
  for (const row of rows) at = row.write(target, at, properties);
  return at;
};

/** What a message keeps on its way from a publisher to subscribers (3.3.2.3). */
export const messageRows: readonly PropertyRow[] = propertyRows.filter(
  ({ places, name }) => (places & place.publish) !== 0 && name !== 'topicAlias',
);

/** What belongs to one delivery of it. */
export const deliveryRows: readonly PropertyRow[] = propertyRows.filter(
  ({ name }) => name === 'topicAlias' || name === 'subscriptionIds',
);
