/** What the read models of access are folded from: facts with their place in a stream and in the log. */
import { type Event, type EventDefinition, isEvent } from '@plenum/event';
import { provenance, type Recorded } from '@plenum/read-model';

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
