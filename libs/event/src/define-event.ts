import { type PersonalFields, personalFieldsOf } from './personal.ts';

/** An Avro record schema as JSON, parsed from its file in `schemas/`. */
export type AvroSchema = { readonly type: 'record'; readonly name: string; readonly namespace: string } & object;

/**
 * A kind of event this system can record. `schemas[n - 1]` is version n; schemas are only added to, and the last
 * one is the shape that `Data` describes and that new events are written in.
 */
export type EventDefinition<Data> = {
  readonly type: string;
  /** The topic it is kept in. */
  readonly topic: string;
  /** The entity it is about: one entity's events share a partition and stay in order. */
  readonly key: (data: Data) => string;
  readonly schemas: readonly AvroSchema[];
  /** `upcast[n]` turns data of version n into data of version n + 1. One for every version but the last. */
  readonly upcast: Readonly<Record<number, (older: never) => unknown>>;
  /** Which fields of the newest version name a person. `undefined`: none. */
  readonly personal: PersonalFields | undefined;
};

type Declared<Data> = {
  readonly topic: string;
  readonly key: (data: Data) => string;
  readonly schemas: readonly [AvroSchema, ...AvroSchema[]];
  readonly upcast?: Readonly<Record<number, (older: never) => unknown>>;
};

/**
 * Declares an event. Call as `defineEvent<Data>()({...})`.
 * @throws when a version before the last has no upcaster, the schemas disagree about the event's name, or a field names a
 *   person and the schema does not say whom.
 */
export const defineEvent =
  <Data>() =>
  ({ topic, key, schemas, upcast = {} }: Declared<Data>): EventDefinition<Data> => {
    const type = `${schemas[0].namespace}.${schemas[0].name}`;
    for (const [index, schema] of schemas.entries()) {
      const version = index + 1;
      const name = `${schema.namespace}.${schema.name}`;
      if (name !== type) throw new Error(`${type} v${version} is named ${name}`);
      if (version < schemas.length && upcast[version] === undefined) {
        throw new Error(`${type} v${version} has no upcaster to v${version + 1}`);
      }
    }
    const personal = personalFieldsOf(schemas.at(-1) ?? schemas[0]);
    return { type, topic, key, schemas, upcast, personal };
  };

const isDefinition = (value: unknown): value is EventDefinition<never> =>
  typeof value === 'object' && value !== null && 'schemas' in value && 'topic' in value && 'type' in value;

/** Every event that these modules export (`import * as ...`), whatever else they do. */
export const eventsIn = (...modules: readonly object[]): readonly EventDefinition<never>[] =>
  modules.flatMap((exported) => Object.values(exported).filter(isDefinition));

/** Data of an older version in today's shape: each upcaster in turn. Data of the newest version is returned as it is. */
export const upcast = <Data>(definition: EventDefinition<Data>, version: number, data: unknown): Data => {
  let current = data;
  for (let from = version; from < definition.schemas.length; from += 1) {
    current = definition.upcast[from]?.(current as never);
  }
  // The upcasters' chain ends in the newest version, which `Data` describes; TypeScript cannot follow it.
  return current as Data;
};

/** The registry subject of an event's schemas: its topic and its name, so that a topic may hold several events. */
export const registrySubject = ({ topic, type }: Pick<EventDefinition<never>, 'topic' | 'type'>): string =>
  `${topic}-${type}`;
