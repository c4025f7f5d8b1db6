/**
 * What the registry's answers mean. The client has one error for everything: a lost connection is a status 400 to it,
 * a page of a proxy is an answer, and an answer that breaks off in the middle never comes. So each call is looked at
 * here, where it leaves the client, and distinguished: a transient failure, a "no", or not there.
 */
import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { beforeDeadline, TransientFailure } from '@plenum/runtime';

/** The registry said no: a schema that breaks the rule, a subject under another rule, a caller it does not know. */
export class RegistryRefusal extends Error {
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(`${what}: ${reason}`, options);
    this.name = 'RegistryRefusal';
  }
}

/** The client names the type of its middleware nowhere that it exports. */
type Middleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>[number];

/**
 * Stands around each call of the client. A call that is not over after `timeoutMs` is given up; what comes out is an
 * answer of a registry, an error of the client whose `status` is the registry's own, TransientFailure, or RegistryRefusal.
 */
export const toldApart =
  (url: string, timeoutMs: number): Middleware =>
  () => ({
    // Ends a silent connection; the deadline below also ends a wait for the rest of an answer that was cut off.
    prepareRequest: async (next) => (await next()).enhance({ timeout: timeoutMs }),
    response: async (next) => {
      try {
        const response = await beforeDeadline(next(), timeoutMs);
        if (typeof response.data() !== 'object') throw new RegistryRefusal(hostOf(url), notOne);
        return response;
      } catch (error) {
        throw translate(url, error);
      }
    },
  });

/** The HTTP status the registry answered with, where an error of the client has one. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;

const notOne = 'what answers there is not a schema registry; SCHEMA_REGISTRY_URL ends where /subjects begins';

const translate = (url: string, error: unknown): unknown => {
  const status = statusOf(error);
  const text = error instanceof Error ? error.message : String(error);
  // The client writes so when an answer had no message of a registry in it.
  const strange = / - Error, status \d+/.test(text);
  if (error instanceof TransientFailure || (strange && status === 400 && connectionTrouble.test(text)))
    return away(url, error);
  if (status === undefined) return error;
  if (status >= 500 || status === 408 || status === 429) return away(url, error);
  if (status === 401 || status === 403) {
    return new RegistryRefusal(hostOf(url), `it does not let us in (${status}); see SCHEMA_REGISTRY_USERNAME`, {
      cause: error,
    });
  }
  return strange ? new RegistryRefusal(hostOf(url), `${notOne} (${text})`, { cause: error }) : error;
};

const connectionTrouble =
  /ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|socket hang up|socket disconnected|Timeout \(/i;

const away = (url: string, cause: unknown): TransientFailure =>
  new TransientFailure('registry', `the schema registry at ${hostOf(url)} does not answer`, { cause });

/** Without the user and password that a URL may hold. */
const hostOf = (url: string): string => new URL(url).host;
