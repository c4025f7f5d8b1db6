import type { EventDefinition } from '@plenum/event';

/** A version of an event, as a record's schema id names it. */
export type SchemaVersion = { readonly definition: EventDefinition<never>; readonly version: number };

/**
 * Both ways between the schema ids in records and the versions in the catalogue. Ids come from a registry, or from
 * fingerprints where there is none; either way they are known before the first record is read.
 */
export type SchemaIds = {
  /** @throws when the version is not known: nothing may be written that nobody could read. */
  readonly idOf: (definition: EventDefinition<never>, version: number) => number;
  readonly versionOf: (id: number) => SchemaVersion | undefined;
};
