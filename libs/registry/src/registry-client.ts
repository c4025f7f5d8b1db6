/** The registry as Plenum uses it: add a schema, find a schema's id, get the schema behind an id. */
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { AvroSchema } from '@plenum/event';
import { TransientFailure } from '@plenum/runtime';
import avro from 'avsc';
import { RegistryRefusal, statusOf, toldApart } from './answers.ts';

export type RegistrySettings = {
  /** The base of a Confluent-compatible API; of Apicurio it ends in `/apis/ccompat/v7`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** How long one call may take; 5 seconds unless said otherwise. */
  readonly timeoutMs?: number;
};

/** The rule every subject is held to: any reader reads any writer, both ways, all versions. */
export const compatibility = 'FULL_TRANSITIVE';

/** Every call throws TransientFailure while the registry is out of reach, silent, or failing by itself (5xx, 408, 429). */
export type RegistryClient = {
  /** Adds a version, or finds it. @throws RegistryRefusal when it breaks the subject's rule, or that is another one. */
  register(subject: string, schema: AvroSchema): Promise<number>;
  /** The id of a schema in a subject, or `undefined` when it was never registered. */
  find(subject: string, schema: AvroSchema): Promise<number | undefined>;
  /** The Avro record behind an id, or `undefined` when there is none: no such id, or something else. */
  schemaOf(id: number): Promise<avro.Type | undefined>;
};

/** Nothing is asked before the first call. */
export const registryClient = (settings: RegistrySettings): RegistryClient => {
  const { url, username, password = '', timeoutMs = 5_000 } = settings;
  const registry = new SchemaRegistry({
    host: url.replace(/\/+$/, ''),
    clientId: 'plenum',
    middlewares: [toldApart(url, timeoutMs)],
    // The caller knows how long it can wait, and tries again by itself.
    retry: { retries: 0 },
    ...(username === undefined ? {} : { auth: { username, password } }),
  });

  return {
    register: async (subject, schema) => {
      try {
        // The client declares its rules as an enum that it does not export as one.
        const { id } = await registry.register(body(schema), { subject, compatibility: compatibility as never });
        return id;
      } catch (error) {
        if (error instanceof TransientFailure || error instanceof RegistryRefusal) throw error;
        throw new RegistryRefusal(subject, error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    find: async (subject, schema) => {
      try {
        return await registry.getRegistryIdBySchema(subject, body(schema));
      } catch (error) {
        // The client wraps the registry's "there is none" in an error of its own, and nothing else.
        if (error instanceof Error && error.name === 'ConfluentSchemaRegistryError') return undefined;
        throw error;
      }
    },
    schemaOf: async (id) => {
      try {
        const type: unknown = await registry.getSchema(id);
        return isRecord(type) ? type : undefined;
      } catch (error) {
        // Neither a schema that avsc cannot make sense of nor one in another language is one of ours.
        const isForeign = error instanceof Error && error.name === 'ConfluentSchemaRegistryArgumentError';
        if (statusOf(error) === 404 || isForeign) return undefined;
        throw error;
      }
    },
  };
};

const isRecord = (type: unknown): type is avro.Type => avro.Type.isType(type, 'record');

/**
 * Apicurio 3 takes a text of `{}` after a colon for an object that somebody put in quotes, mends it, and then finds that
 * it is no schema. An escape says the same and is left alone. Outside of a text, quotes are never escaped, so what is
 * replaced is always a whole value.
 */
const body = (schema: AvroSchema) => ({
  type: SchemaType.AVRO as const,
  schema: JSON.stringify(schema).replaceAll(':"{}"', ':"{\\u007d"'),
});
