/** The codec for the catalogue's events, with schema ids from where the settings say. */
import { avroCodec, fingerprintIds } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import type { EventCodec, Logger, SchemaIds } from '@plenum/runtime';
import { registryOf } from './registry-of.ts';
import type { AssemblyConfig } from './settings.ts';

export type CodecSettings = {
  readonly config: AssemblyConfig;
  readonly logger: Logger;
  readonly stop: AbortSignal;
};

/**
 * With SCHEMA_REGISTRY_URL ids are the registry's, all of them looked up before anything is written; without it they
 * are fingerprints. A registry that is away is waited for, and the log says so.
 * @throws SchemasNotRegistered when nobody registered the catalogue's schemas; TransientFailure when the registry stays away;
 *   the reason of `stop`.
 */
export const openCodec = async ({ config, logger, stop }: CodecSettings): Promise<EventCodec> => {
  const client = await registryOf(config);
  if (client === undefined) return avroCodec(events);
  const { registryIds, untilBack } = await import('@plenum/registry');
  try {
    const ids = await untilBack(() => registryIds(client, events), { logger, stop });
    return avroCodec(events, alsoReading(ids, fingerprintIds(events)));
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  }
};

/** Records that were written before there was a registry stay readable. */
const alsoReading = (ids: SchemaIds, fingerprints: SchemaIds): SchemaIds => ({
  ...ids,
  versionOf: (id) => ids.versionOf(id) ?? fingerprints.versionOf(id),
});
