/** What the read models of access are folded from: events with their place in a stream and in the log. */
import { type Event, type EventDefinition, entityOf, isEvent, kindOf } from '@plenum/event';
import { defineFold, provenance, type Recorded, type Row, type Table, versioned } from '@plenum/read-model';

/** A decided event on its way into a row. */
export type DecidedEntry = Recorded & {
  readonly version: number;
  readonly organisation: string;
  /** Of the entity: the name of its stream without the kind. */
  readonly id: string;
};

/** One kind of stream: the kind in its name, and the event that it begins with. */
export type StreamKind<First> = { readonly kind: string; readonly begins: EventDefinition<First> };

/**
 * Every event of a stream of this kind, known or not: a row counts its stream without holes. `undefined` for other
 * streams, and for a first event that begins nothing: then the next one is noticed as a gap.
 */
export const decidedEntry = <First>(
  { event, ...place }: Recorded,
  { kind, begins }: StreamKind<First>,
): DecidedEntry | undefined => {
  const { decision } = event;
  if (decision === undefined || kindOf(decision.stream) !== kind) return undefined;
  if (decision.version === 1 && event.type !== begins.type) return undefined;
  const { stream, version, organisation } = decision;
  return { event, ...place, version, organisation, id: entityOf(stream) };
};

/** Columns of every row that decisions make. */
export const decidedColumns = {
  ...provenance,
  organisation: { type: 'text', about: 'That it belongs to.' },
  stream_version: { type: 'integer', about: 'The version of its stream that the row is at.' },
} as const;

export type DecidedPlace = {
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: bigint;
  readonly stream_version: number;
  readonly organisation: string;
};

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
  /** The row that the first event of a stream makes. */
  readonly first: (data: First, entry: DecidedEntry) => R;
  readonly next: (row: R, entry: DecidedEntry) => R;
};

/** A fold of one stream into one row, which takes each version once. @throws VersionGap */
export const decidedFold = <First, R extends Row & DecidedPlace>(declared: DecidedFold<First, R>) => {
  const { table, keyOf, first, next } = declared;
  return defineFold<DecidedEntry, R>(
    versioned<DecidedEntry, R>({
      table,
      keyOf,
      fold: (row, entry) =>
        // Only version 1 meets no row, and `decidedEntry` lets none through that is not the beginning.
        row === undefined ? first(entry.event.data as First, entry) : next(row, entry),
    }),
  );
};
