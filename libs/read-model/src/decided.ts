/** What read models of decisions are folded from: events with their place in a stream and in the log. */
import { type Event, type EventDefinition, entityOf, isEvent } from '@plenum/event';
import { defineFold } from './define-projection.ts';
import type { Recorded } from './recorded.ts';
import { provenance, type Row, type RowOf, type Table } from './table.ts';

/** A decided event on its way into a row. */
export type DecidedEntry = Recorded & {
  readonly version: number;
  readonly organisation: string;
  /** Of the entity: the name of its stream without the kind. */
  readonly id: string;
};

/** Every event of the streams that a projection takes, known or not: a row says which version its stream is at. */
export const decidedEntry = ({ event, ...place }: Recorded): DecidedEntry | undefined => {
  const { decision } = event;
  if (decision === undefined) return undefined;
  const { stream, version, organisation } = decision;
  return { event, ...place, version, organisation, id: entityOf(stream) };
};

/** Columns of every row that decisions make. */
export const decidedColumns = {
  ...provenance,
  organisation: { type: 'text', about: 'That it belongs to.' },
  stream_version: { type: 'integer', about: 'The version of it; also in `ETag`.' },
} as const;

export type DecidedPlace = RowOf<{ readonly columns: typeof decidedColumns }>;

export const placeOf = ({ event, partition, offset, version, organisation }: DecidedEntry): DecidedPlace => ({
  event_id: event.id,
  log_partition: partition,
  log_offset: offset,
  stream_version: version,
  organisation,
});

/** The data of an event, when it is of this kind. */
export const dataIf = <Data>(definition: EventDefinition<Data>, event: Event): Data | undefined =>
  isEvent(definition, event) ? event.data : undefined;

type DecidedFold<First, R extends Row & DecidedPlace> = {
  readonly table: Table<R>;
  readonly keyOf: (entry: DecidedEntry) => Partial<R>;
  /** The event that a stream begins with, and the row that it makes. */
  readonly begins: EventDefinition<First>;
  readonly first: (data: First, entry: DecidedEntry) => R;
  readonly next: (row: R, entry: DecidedEntry) => R;
};

/** A fold of one stream into one row. */
export const decidedFold = <First, R extends Row & DecidedPlace>(declared: DecidedFold<First, R>) => {
  const { table, keyOf, begins, first, next } = declared;
  return defineFold<DecidedEntry, R>({
    table,
    keyOf,
    fold: (row, entry) => {
      if (row !== undefined) return next(row, entry);
      return isEvent(begins, entry.event) ? first(entry.event.data, entry) : undefined;
    },
  });
};
