/**
 * Golden bytes: what each version of an event was first written as. They lie in logs for ever, so they are made once, by
 * `npm run generate`, when there are none yet, and never change again.
 */
import { type AvroSchema, type EventDefinition, erasedPersonal } from '@plenum/event';
import { avroCodec } from '../avro-codec.ts';

/** In `schemas/<domain>/<event-name>.v<N>.golden.json`. */
export type Golden = {
  readonly key: string;
  readonly source: string;
  /** JSON has no bytes: `hex:7bff7d` stands for three of them, `personal:01ff` for what names a person, encrypted, `personal:` erased. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly hex: string;
};

/** What all of them have in common. */
export const goldenCommon = {
  id: '0190a7f0-1111-7abc-8def-000000000001',
  effectiveTimeUs: 1_772_615_702_118_204,
  recordedTimeUs: 1_772_615_703_000_000,
};

/** Relative to the root: `schemas/ceiling/reading-reported.v1.golden.json` of version 1 of `plenum.ceiling.ReadingReported`. */
export const goldenFile = (type: string, version: number): string => {
  const [, domain = '', name = ''] = type.split('.');
  const kebab = name.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase();
  return `schemas/${domain}/${kebab}.v${version}.golden.json`;
};

/** The data as an event has them. */
export const revived = (data: Golden['data']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, revivedValue(value)]));

const revivedValue = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (value === 'personal:') return erasedPersonal;
  if (value.startsWith('personal:')) return { state: 'encrypted', bytes: Buffer.from(value.slice(9), 'hex') };
  return value.startsWith('hex:') ? Buffer.from(value.slice(4), 'hex') : value;
};

/** The first golden bytes of the newest version, of data with every field set. */
export const newGolden = (definition: EventDefinition<never>): Golden => {
  const newest = definition.schemas.at(-1);
  if (newest === undefined) throw new Error(`${definition.type} has no schema`);
  const data = sampleOf(newest);
  const source = 'a/source';
  const { key, value } = avroCodec([definition]).encode({
    ...{ ...goldenCommon, type: definition.type, source, data: revived(data) },
  });
  return { key, source, data, hex: Buffer.from(value).toString('hex') };
};

type Type =
  | string
  | readonly Type[]
  | {
      readonly type: Type;
      readonly name?: string;
      readonly logicalType?: string;
      readonly fields?: readonly { readonly name: string; readonly type: Type }[];
      readonly symbols?: readonly string[];
      readonly items?: Type;
      readonly values?: Type;
      readonly size?: number;
    };

/** A value for every field, the same each time it is asked for. */
const sampleOf = (schema: AvroSchema): Golden['data'] => recordOf(schema, new Map());

type Known = Map<string, Type>;

const recordOf = ({ fields = [] }: Exclude<Type, string | readonly Type[]>, known: Known): Golden['data'] =>
  Object.fromEntries(fields.map(({ name, type }) => [name, valueFor(type, name, known)]));

/** Of a name that was declared before, what it stands for. */
const valueFor = (type: Type, name: string, known: Known): unknown => {
  if (typeof type === 'string') {
    const declared = known.get(type);
    return declared === undefined ? primitives[type]?.(name) : valueFor(declared, name, known);
  }
  if (isUnion(type)) return valueFor(type.find((one) => one !== 'null') ?? 'null', name, known);
  if (type.name !== undefined) known.set(type.name, type);
  if (type.logicalType === 'personal') return `personal:${ciphertext}`;
  if (type.logicalType !== undefined && type.type === 'long') return goldenCommon.effectiveTimeUs;
  if (type.type === 'record') return recordOf(type, known);
  if (type.type === 'enum') return type.symbols?.[0];
  if (type.type === 'array') return [valueFor(type.items ?? 'null', name, known)];
  if (type.type === 'map') return { [name]: valueFor(type.values ?? 'null', name, known) };
  return type.type === 'fixed' ? `hex:${'a5'.repeat(type.size ?? 0)}` : valueFor(type.type, name, known);
};

const isUnion = (type: Type): type is readonly Type[] => Array.isArray(type);

/** Of version 1, with a key id, a nonce and a tag: nobody can read it, and nobody has to. */
const ciphertext = `010101010${'1'.repeat(25)}${'21'.repeat(17)}`;

const primitives: Readonly<Record<string, (name: string) => unknown>> = {
  boolean: () => true,
  int: () => 7,
  long: () => 7,
  float: () => 0.5,
  double: () => 0.5,
  string: (name) => name,
  bytes: () => 'hex:00ff',
};
