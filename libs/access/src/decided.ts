/** What the read models of access are folded from: facts with their place in a stream and in the log. */
import { type Event, type EventDefinition, isEvent } from '@plenum/event';
import { defineFold, provenance, type Recorded, type Row, type Table } from '@plenum/read-model';

/** A decided fact on its way into a row. */
export type DecidedEntry = Recorded & { readonly version: number };

/** The entry of an event of one of these kinds; `undefined` for others, and for what says no place in its stream. */
export const decidedEntry = (
  recorded: Recorded,
  definitions: readonly EventDefinition<never>[],
): DecidedEntry | undefined => {
  const { event } = recorded;
  if (event.decision === undefined || !definitions.some(({ type }) => type === event.type)) return undefined;
  return { ...recorded, version: event.decision.version };
};

/** Columns of every row that decisions make. */
export const decidedColumns = {
  ...provenance,
  stream_version: { type: 'integer', about: 'The version of its stream that the row is at; `ETag` of the entity.' },
} as const;

export type DecidedPlace = {
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: bigint;
  readonly stream_version: number;
};

export const placeOf = ({ event, partition, offset, version }: DecidedEntry): DecidedPlace => ({
  event_id: event.id,
  log_partition: partition,
  log_offset: offset,
  stream_version: version,
});

/** The data of an event that may be of this kind. */
export const dataIf = <Data>(definition: EventDefinition<Data>, event: Event): Data | undefined =>
  isEvent(definition, event) ? event.data : undefined;

type DecidedFold<R extends Row & DecidedPlace> = {
  readonly table: Table<R>;
  readonly keyOf: (entry: DecidedEntry) => Partial<R>;
  /** The row of a stream's first fact; `undefined` for any other fact. */
  readonly first: (entry: DecidedEntry) => R | undefined;
  readonly next: (row: R, entry: DecidedEntry) => R;
};

/** A fold of one stream into one row. It skips the versions that the row has. */
export const decidedFold = <R extends Row & DecidedPlace>({ table, keyOf, first, next }: DecidedFold<R>) =>
  defineFold<DecidedEntry, R>({
    table,
    keyOf,
    fold: (row, entry) => {
      if (row === undefined) {
        const made = first(entry);
        if (made === undefined)
          throw new Error(`${table.name}: ${entry.event.source} does not begin with its beginning`);
        return made;
      }
      return entry.version <= row.stream_version ? row : next(row, entry);
    },
  });
