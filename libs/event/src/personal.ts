/**
 * Text that names a person: a name, a login, an address. It is plain only on the write side and in memory. In records and
 * rows it is encrypted under a key of that person, or erased. Encryption itself is behind a port; here is what it means.
 */
export type Personal =
  | { readonly state: 'plain'; readonly text: string }
  /** For one person, in one field of one event: anywhere else it does not decrypt. */
  | { readonly state: 'encrypted'; readonly bytes: Uint8Array }
  /** The person's key is gone, and the text with it. */
  | { readonly state: 'erased' };

/** What a ciphertext is bound to, beside its person: the event's type and the field's name, neither of which ever changes. */
export type PersonalPlace = { readonly type: string; readonly field: string };

/** A value to record: it has to be encrypted first. */
export const personal = (text: string): Personal => ({ state: 'plain', text });

export const erasedPersonal: Personal = { state: 'erased' };

/** The text where it can be read; `undefined` where it is erased, encrypted, or was never given. */
export const personalText = (value: Personal | undefined): string | undefined =>
  value?.state === 'plain' ? value.text : undefined;

/** Whether both say the same, as far as can be seen: one text encrypted twice is two different values. */
export const isSamePersonal = (one: Personal | undefined, other: Personal | undefined): boolean => {
  if (one?.state === 'plain') return other?.state === 'plain' && one.text === other.text;
  if (one?.state === 'encrypted') return other?.state === 'encrypted' && isSameBytes(one.bytes, other.bytes);
  return one?.state === other?.state;
};

/**
 * As a record holds it: a ciphertext, or nothing where it is erased.
 * @throws for plain text, which must never get into a record: `encryptEvents` was left out.
 */
export const recordedBytes = (value: Personal): Uint8Array => {
  if (value.state === 'erased') return noBytes;
  if (value.state === 'plain') throw new Error('it is not encrypted: plain text of a person must not be recorded');
  if (value.bytes.length === 0 || value.bytes[0] === plainForm) throw new Error('it is no ciphertext');
  return value.bytes;
};

/** What `recordedBytes` made. @throws for bytes that are marked as plain text, which no record holds. */
export const recordedPersonal = (bytes: Uint8Array): Personal => {
  if (bytes.length === 0) return erasedPersonal;
  if (bytes[0] === plainForm) throw new Error('it is not encrypted: plain text of a person must not be recorded');
  return { state: 'encrypted', bytes };
};

/**
 * As a row holds it. Only a row may hold plain text, marked as such: what an older version of an event said before its field
 * was personal, which is plain in the log as well.
 */
export const storedBytes = (value: Personal): Uint8Array =>
  value.state === 'plain' ? markedPlain(value.text) : recordedBytes(value);

/** What `storedBytes` made. */
export const storedPersonal = (bytes: Uint8Array): Personal =>
  bytes.length > 0 && bytes[0] === plainForm
    ? personal(new TextDecoder().decode(bytes.subarray(1)))
    : recordedPersonal(bytes);

/** The first byte of marked plain text. Every ciphertext begins with another. */
const plainForm = 0;
const noBytes = new Uint8Array(0);

const markedPlain = (text: string): Uint8Array => {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(1 + encoded.length);
  bytes.set(encoded, 1);
  return bytes;
};

const isSameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

/** Which fields of an event name a person, and which field says who that is. */
export type PersonalFields = { readonly person: string; readonly fields: readonly string[] };

/**
 * As a schema declares them: `"person": "user_id"` on the record, `{ "type": "bytes", "logicalType": "personal" }` on each
 * field. `undefined` where there are none. Look once for each kind of event, not for each event.
 * @throws when a personal field is not the record's own, or nobody is named whose it is.
 */
export const personalFieldsOf = (schema: { readonly name: string }): PersonalFields | undefined => {
  const declared = 'fields' in schema ? (schema.fields as readonly DeclaredField[]) : []; // By Avro's specification.
  const fields = declared.filter(({ type }) => isPersonalType(type)).map(({ name }) => name);
  const hidden = declared.find(({ type }) => !isPersonalType(type) && holdsPersonal(type));
  if (hidden !== undefined) throw new Error(`${schema.name}: personal fields inside ${hidden.name} are not supported`);
  const person = 'person' in schema ? schema.person : undefined;
  if (fields.length === 0 && person === undefined) return undefined;
  if (fields.length === 0) throw new Error(`${schema.name}: names a person, but no field is personal`);
  const naming = declared.find(({ name }) => name === person);
  if (naming?.type !== 'string') {
    throw new Error(`${schema.name}: "person" has to name a field of type string that says whose ${fields[0]} it is`);
  }
  return { person: naming.name, fields };
};

type DeclaredField = { readonly name: string; readonly type: unknown };

/** The type of a personal field, which may also be null. */
export const isPersonalType = (type: unknown): boolean =>
  Array.isArray(type) ? type.length === 2 && type.includes('null') && type.some(isPersonal) : isPersonal(type);

const isPersonal = (type: unknown): boolean =>
  typeof type === 'object' &&
  type !== null &&
  'logicalType' in type &&
  type.logicalType === 'personal' &&
  'type' in type &&
  type.type === 'bytes';

const holdsPersonal = (type: unknown): boolean =>
  typeof type === 'object' &&
  type !== null &&
  (('logicalType' in type && type.logicalType === 'personal') || Object.values(type).some(holdsPersonal));

/** Whose the personal fields of these data are. @throws when the data do not say. */
export const personOf = ({ person }: PersonalFields, data: unknown): string => {
  const id = (data as Readonly<Record<string, unknown>>)[person]; // A record's data are an object of its fields.
  if (typeof id !== 'string') throw new Error(`${person} does not say who the person is`);
  return id;
};

/** The personal fields of these data that have a value. */
export const personalValues = ({ fields }: PersonalFields, data: unknown): readonly (readonly [string, Personal])[] =>
  fields.flatMap((field) => {
    const value = (data as Readonly<Record<string, Personal | undefined>>)[field]; // As the schema says.
    return value === undefined ? [] : [[field, value] as const];
  });

/** The same event with each of its personal values changed; the very same where there are none. */
export const withPersonal = <E extends { readonly type: string; readonly data: unknown }>(
  fields: PersonalFields | undefined,
  event: E,
  change: (value: Personal, place: PersonalPlace) => Personal,
): E => {
  if (fields === undefined) return event;
  const changed = personalValues(fields, event.data).map(([field, value]) => {
    return [field, change(value, { type: event.type, field })] as const;
  });
  return { ...event, data: { ...(event.data as object), ...Object.fromEntries(changed) } };
};
