import type { AvroSchema, EventDefinition } from '@plenum/event';

/** What a record's schema id stands for. */
export type SchemaVersion = {
  readonly definition: EventDefinition<never>;
  /** The version whose shape its data are read in. */
  readonly version: number;
  /** The schema it was written with: that version's own, or a newer one's that this process does not have. */
  readonly writer: AvroSchema;
};

/**
 * Both ways between the schema ids in records and the versions in the catalogue. Ids come from a registry, or from
 * fingerprints where there is none; either way those of the catalogue are known before the first record is read.
 */
export type SchemaIds = {
  /** @throws when the version is not known: nothing may be written that nobody could read. */
  readonly idOf: (definition: EventDefinition<never>, version: number) => number;
  readonly versionOf: (id: number) => SchemaVersion | undefined;
  /** Asks about an id that `versionOf` does not know. True when it does now. @throws TransientFailure when nobody answers. */
  readonly learn: (id: number) => Promise<boolean>;
};
