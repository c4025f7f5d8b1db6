/** The registry as Plenum uses it, with its errors told apart: away for a while, or a "no". */
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { AvroSchema } from '@plenum/event';
import { Weather } from '@plenum/runtime';

export type RegistrySettings = {
  /** The base of a Confluent-compatible API; of Apicurio it ends in `/apis/ccompat/v7`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
};

/** The rule every subject is held to: any reader reads any writer, both ways, all versions. */
export const compatibility = 'FULL_TRANSITIVE';

export type RegistryClient = {
  /** Adds a version, or finds it. @throws RegistryRefusal when it breaks the subject's rule. */
  register(subject: string, schema: AvroSchema): Promise<number>;
  /** The id of a schema in a subject, or `undefined` when it was never registered. */
  find(subject: string, schema: AvroSchema): Promise<number | undefined>;
  /** The schema behind an id, or `undefined` when there is none. */
  schemaOf(id: number): Promise<AvroSchema | undefined>;
};

/** The registry said no: a schema that breaks the rule, or a subject that is held to another one. */
export class RegistryRefusal extends Error {
  constructor(subject: string, reason: string, options?: ErrorOptions) {
    super(`${subject}: ${reason}`, options);
    this.name = 'RegistryRefusal';
  }
}

/** Every call throws Weather while the registry is out of reach or failing by itself (5xx, 408, 429). */
export const registryClient = ({ url, username, password }: RegistrySettings): RegistryClient => {
  const auth = username === undefined || password === undefined ? {} : { auth: { username, password } };
  const registry = new SchemaRegistry({ host: url.replace(/\/$/, ''), clientId: 'plenum', ...auth });
  const body = (schema: AvroSchema) => ({ type: SchemaType.AVRO as const, schema: JSON.stringify(schema) });

  return {
    register: async (subject, schema) => {
      try {
        const { id } = await registry.register(body(schema), { subject, compatibility: compatibility as never });
        return id;
      } catch (error) {
        if (isWeather(error)) throw weather(url, error);
        throw new RegistryRefusal(subject, error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    find: (subject, schema) => unlessMissing(url, () => registry.getRegistryIdBySchema(subject, body(schema))),
    schemaOf: async (id) => {
      const type = await unlessMissing(url, () => registry.getSchema(id));
      // The client parsed it with avsc; what comes back out is the schema as JSON. Only records are events.
      return type !== undefined && 'schema' in type
        ? ((type as { schema(options: object): unknown }).schema({ exportAttrs: true }) as AvroSchema)
        : undefined;
    },
  };
};

const unlessMissing = async <T>(url: string, ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask();
  } catch (error) {
    if (statusOf(error) === 404 || isNotFound(error)) return undefined;
    if (isWeather(error)) throw weather(url, error);
    throw error;
  }
};

const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;

/** A look-up by schema wraps its 404 in an error of the client's own, which has no status. */
const isNotFound = (error: unknown): boolean => error instanceof Error && error.name === 'ConfluentSchemaRegistryError';

/** The client reports a refused or lost connection as status 400 without a body; an answer of the registry has a code. */
const isWeather = (error: unknown): boolean => {
  const status = statusOf(error);
  if (status === undefined) return false;
  if (status >= 500 || status === 408 || status === 429) return true;
  return status === 400 && error instanceof Error && connectionTrouble.test(error.message);
};

const connectionTrouble = /ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|socket hang up|timeout/i;

const weather = (url: string, error: unknown): Weather =>
  new Weather('registry', `the schema registry at ${new URL(url).host} does not answer`, { cause: error });
