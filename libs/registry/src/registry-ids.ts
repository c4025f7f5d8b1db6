import { type AvroSchema, type EventDefinition, registrySubject } from '@plenum/event';
import type { SchemaIds, SchemaVersion } from '@plenum/runtime';
import type { RegistryClient } from './registry-client.ts';

/** Schemas of the catalogue that nobody registered: the deploy step that does it was left out. */
export class SchemasNotRegistered extends Error {
  constructor(missing: readonly string[]) {
    super(`not registered: ${missing.join(', ')}; run \`plenum schemas register\` first`);
    this.name = 'SchemasNotRegistered';
  }
}

/**
 * Schema ids as the registry gave them, all looked up before the first record. An id of a version newer than this
 * process knows is learned when it is met: Avro's resolution reads it in the newest shape known here.
 * @throws SchemasNotRegistered, naming all that are missing. Weather while the registry is away.
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
      const writer = await client.schemaOf(id);
      const definition = writer && definitions.find(({ type }) => type === `${writer.namespace}.${writer.name}`);
      if (writer === undefined || definition === undefined) return false;
      versions.set(id, { definition, version: definition.schemas.length, writer });
      return true;
    },
  };
};
