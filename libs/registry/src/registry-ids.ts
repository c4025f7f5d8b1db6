import { type AvroSchema, type EventDefinition, registrySubject } from '@plenum/event';
import type { SchemaIds, SchemaVersion } from '@plenum/runtime';
import avro from 'avsc';
import type { RegistryClient } from './registry-client.ts';

/** Schemas of the catalogue that nobody registered: the deploy step that does it was left out. */
export class SchemasNotRegistered extends Error {
  readonly missing: readonly string[];
  constructor(missing: readonly string[]) {
    super(`not registered: ${missing.join(', ')}; run \`plenum schemas register\` first`);
    this.name = 'SchemasNotRegistered';
    this.missing = missing;
  }
}

/**
 * Schema ids as the registry gave them, all looked up before the first record. An id that is none of these is learned
 * when it is met: a newer version of an event (Avro's resolution reads it in the newest shape known here), or the same
 * schema with other documentation.
 * @throws SchemasNotRegistered, naming all that are missing. TransientFailure while the registry is away.
 */
export const registryIds = async (
  client: RegistryClient,
  definitions: readonly EventDefinition<never>[],
): Promise<SchemaIds> => {
  const versions = new Map<number, SchemaVersion>();
  const ids = new Map<AvroSchema, number>();
  const missing: string[] = [];
  for (const definition of definitions) {
    for (const [index, writer] of definition.schemas.entries()) {
      const id = await client.find(registrySubject(definition), writer);
      if (id === undefined) missing.push(`${definition.type} v${index + 1}`);
      else {
        versions.set(id, { definition, version: index + 1, writer });
        ids.set(writer, id);
      }
    }
  }
  if (missing.length > 0) throw new SchemasNotRegistered(missing);

  return {
    versionOf: (id) => versions.get(id),
    idOf: (definition, version) => {
      const schema = definition.schemas[version - 1];
      const id = schema && ids.get(schema);
      if (id === undefined) throw new Error(`${definition.type} v${version} is not in the catalogue`);
      return id;
    },
    learn: async (id) => {
      const found = await client.schemaOf(id);
      const learned = found && explain(found, definitions);
      if (learned !== undefined) versions.set(id, learned);
      return learned !== undefined;
    },
  };
};

/** Which version a schema is read as, or `undefined` when it is no event of ours or cannot be read as one. */
const explain = (found: avro.Type, definitions: readonly EventDefinition<never>[]): SchemaVersion | undefined => {
  const definition = definitions.find(({ type }) => type === found.name);
  if (definition === undefined) return undefined;
  const types = definition.schemas.map(compiled);
  const same = types.findLastIndex((type) => type.equals(found));
  const index = same === -1 ? types.length - 1 : same;
  // One that another rule let in may not be readable: then its records are poison, and nothing else is.
  if (!resolves(types[index], found)) return undefined;
  return { definition, version: index + 1, writer: schemaOf(found) };
};

const resolves = (reader: avro.Type | undefined, writer: avro.Type): boolean => {
  try {
    return reader?.createResolver(writer) !== undefined;
  } catch {
    return false; // avsc says no by throwing.
  }
};

const compiled = (schema: AvroSchema): avro.Type =>
  // Our schemas are JSON read from files; avsc's own type for them is a union it cannot infer from JSON.
  avro.Type.forSchema(schema as unknown as avro.Schema, { wrapUnions: 'never' });

/** As JSON again, with the namespace on its own, which avsc writes into the name. */
const schemaOf = (type: avro.Type): AvroSchema => {
  // The schema of a record, which is what `definitions` are of.
  const schema = type.schema({ exportAttrs: true }) as unknown as { readonly name: string };
  const dot = schema.name.lastIndexOf('.');
  return { ...schema, type: 'record', namespace: schema.name.slice(0, dot), name: schema.name.slice(dot + 1) };
};
