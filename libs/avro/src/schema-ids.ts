import { createHash } from 'node:crypto';
import type { AvroSchema, EventDefinition } from '@plenum/event';
import type { SchemaIds, SchemaVersion } from '@plenum/runtime';

/**
 * Ids for a log without a registry: the first 31 bits of the SHA-256 of the schema's canonical form, so that every
 * process finds the same id without asking anybody. (31: clients read the id as a signed integer.)
 * @throws when two schemas share an id, or one schema stands for two versions.
 */
export const fingerprintIds = (definitions: readonly EventDefinition<never>[]): SchemaIds => {
  const versions = new Map<number, SchemaVersion>();
  const ids = new Map<AvroSchema, number>();
  for (const definition of definitions) {
    for (const [index, schema] of definition.schemas.entries()) {
      const id = fingerprintId(schema);
      const other = versions.get(id);
      if (other !== undefined) {
        throw new Error(
          `${definition.type} v${index + 1} and ${other.definition.type} v${other.version} share schema id ${id}`,
        );
      }
      versions.set(id, { definition, version: index + 1, writer: schema });
      ids.set(schema, id);
    }
  }
  return {
    versionOf: (id) => versions.get(id),
    learn: async () => false, // Every process of one installation has the same catalogue: there is nobody to ask.
    idOf: (definition, version) => {
      const schema = definition.schemas[version - 1];
      const id = schema && ids.get(schema);
      if (id === undefined) throw new Error(`${definition.type} v${version} is not in the catalogue`);
      return id;
    },
  };
};

const fingerprintId = (schema: AvroSchema): number =>
  createHash('sha256').update(canonicalJson(schema)).digest().readUInt32BE(0) >>> 1;

/** JSON without documentation and with sorted names: what a reader of the bytes could notice, and nothing else. */
const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([name]) => name !== 'doc');
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(',')}}`;
};
