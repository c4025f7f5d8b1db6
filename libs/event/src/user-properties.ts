/**
 * Pairs of name and value that an MQTT 5 client sends along with a message (MQTT 5.0, 3.3.2.3.7). Order and repeated names
 * count. They are written down as JSON, an array of pairs, which escapes whatever else a header or a table could not hold.
 */
export type UserProperties = readonly UserProperty[];

export type UserProperty = readonly [name: string, value: string];

/** The header of a record that has them. */
export const userPropertiesHeader = 'mqttuserproperties';

/** What is kept of one message: so many pairs, and so many bytes of JSON in UTF-8. */
export const userPropertiesMax = { pairs: 64, bytes: 8192 } as const;

/** Why they are not all kept, for people; `undefined` when they are. */
export const userPropertiesBeyond = (properties: UserProperties): string | undefined => {
  const { pairs, bytes } = userPropertiesMax;
  if (properties.length > pairs) return `${properties.length} user properties came, and ${pairs} are kept`;
  const taken = bytesOf(userPropertiesText(properties));
  return taken > bytes ? `the user properties take ${taken} bytes as JSON, and ${bytes} are kept` : undefined;
};

/** The first of them, as many as are kept. */
export const firstUserProperties = (properties: UserProperties): UserProperties => {
  let bytes = 1; // One bracket here; each pair comes with a comma or the other one.
  const kept = properties.slice(0, userPropertiesMax.pairs);
  const end = kept.findIndex((pair) => {
    bytes += bytesOf(JSON.stringify(pair)) + 1;
    return bytes > userPropertiesMax.bytes;
  });
  return end === -1 ? kept : kept.slice(0, end);
};

export const userPropertiesText = (properties: UserProperties): string => JSON.stringify(properties);

/** `unreadable`: it is not what `userPropertiesText` writes. */
export const readUserProperties = (text: string): UserProperties | 'unreadable' => {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) && read.every(isPair) ? read : 'unreadable';
  } catch {
    return 'unreadable';
  }
};

const isPair = (value: unknown): value is UserProperty =>
  Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === 'string');

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
