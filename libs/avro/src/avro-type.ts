/** One schema version compiled once: data to bytes and back, with the five bytes of the Confluent wire format before. */
import { type AvroSchema, type Personal, personalFieldsOf, recordedBytes, recordedPersonal } from '@plenum/event';
import avro from 'avsc';
import { compiledForReading } from './reading-type.ts';

/** Magic byte 0 and the schema id, big-endian. */
export const prefixLength = 5;

export type AvroType = {
  /** Prefix and body. Optional fields may be `undefined`. @throws when data do not fit the schema. */
  encode(id: number, data: unknown): Buffer;
  /** The body after the prefix, unset fields `undefined`. @throws when the bytes are not exactly one such record. */
  decode(bytes: Buffer): unknown;
};

/** Bodies are written here first, so that an ordinary one is allocated once, at its size. */
let scratch = Buffer.allocUnsafe(64 * 1024);

/** With a `writer`, bytes of that schema are read in the shape of `schema`, as Avro resolves the two. */
export const avroType = (schema: AvroSchema, writer: AvroSchema = schema): AvroType => {
  const type = compiled(schema);
  const reading = compiledForReading(schema);
  const resolver = writer === schema ? undefined : reading.createResolver(compiled(writer));
  const unset = unsetter(schema);
  const personal = personalFieldsOf(schema)?.fields;
  const withBuffers = bufferer(schema, personal);

  return {
    encode: (id, given) => {
      const data = withBuffers === undefined ? given : withBuffers(given as FieldValues); // A record's value.
      let end = type.encode(data, scratch, prefixLength);
      if (end < 0) {
        scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
        end = type.encode(data, scratch, prefixLength);
      }
      const bytes = Buffer.allocUnsafe(end);
      scratch.copy(bytes, 0, 0, end);
      bytes[0] = 0;
      bytes.writeUInt32BE(id, 1);
      return bytes;
    },
    decode: (bytes) => {
      const { value, offset } = reading.decode(bytes, prefixLength, resolver);
      if (offset !== bytes.length) {
        throw new Error(offset < 0 ? 'the body ends early' : `${bytes.length - offset} bytes follow the body`);
      }
      unset?.(value as FieldValues); // A record's value is an object of its fields.
      if (personal !== undefined) readPersonal(value as FieldValues, personal);
      return value;
    },
  };
};

const compiled = (schema: AvroSchema): avro.Type =>
  // Our schemas are JSON read from files; avsc's own type for them is a union it cannot infer from JSON.
  avro.Type.forSchema(schema as unknown as avro.Schema, { wrapUnions: 'never' });

type FieldValues = Record<string, unknown>;
type Unset = (record: FieldValues) => void;

/** Avro's null is our `undefined`, in the record and the records inside it; nothing to do where no field is nullable. */
const unsetter = (schema: AvroSchema): Unset | undefined => {
  const steps: Unset[] = [];
  for (const { name, type } of fieldsOf(schema)) {
    if (Array.isArray(type) && type.includes('null')) {
      steps.push((record) => {
        if (record[name] === null) record[name] = undefined;
      });
    }
    const inner = isRecord(type) ? unsetter(type) : undefined;
    if (inner !== undefined) steps.push((record) => inner(record[name] as FieldValues)); // That field is a record.
  }
  return steps.length === 0
    ? undefined
    : (record) => {
        for (const step of steps) step(record);
      };
};

/** avsc takes no bytes but a Buffer's; nothing to do where no field holds bytes. */
const bufferer = (
  schema: AvroSchema,
  personal: readonly string[] = [],
): ((record: FieldValues) => FieldValues) | undefined => {
  const names = fieldsOf(schema).flatMap(({ name, type }) => ([type].flat().includes('bytes') ? [name] : []));
  if (names.length === 0 && personal.length === 0) return undefined;
  return (record) => {
    const replaced: FieldValues = { ...record };
    for (const name of names) {
      const value = record[name];
      if (value instanceof Uint8Array) replaced[name] = bufferOf(value);
    }
    for (const name of personal) {
      const value = record[name];
      if (value !== undefined) replaced[name] = about(name, () => bufferOf(recordedBytes(personalIn(value))));
    }
    return replaced;
  };
};

const readPersonal = (record: FieldValues, personal: readonly string[]): void => {
  for (const name of personal) {
    const bytes = record[name];
    // By the schema; `undefined` where it is null.
    if (bytes !== undefined) record[name] = about(name, () => recordedPersonal(bytes as Uint8Array));
  }
};

/** A text or bytes given for a personal value were never looked at by anybody who encrypts. */
const personalIn = (value: unknown): Personal => {
  if (typeof value === 'object' && value !== null && 'state' in value) return value as Personal; // Made in libs/event.
  throw new Error('it is no personal value');
};

const about = <T>(field: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new Error(`field ${field}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const fieldsOf = (schema: AvroSchema): readonly { readonly name: string; readonly type: unknown }[] =>
  'fields' in schema ? (schema.fields as readonly { name: string; type: unknown }[]) : []; // By Avro's specification.

const isRecord = (type: unknown): type is AvroSchema =>
  typeof type === 'object' && type !== null && 'type' in type && type.type === 'record';
