/** What can be followed live (`GET /api/v1/stream`), as a domain declares it. */
import type { EventDefinition } from '@plenum/event';

export type StreamKind = {
  /** What clients ask for it by, and what its events are called: lower-case words with hyphens. No other kind has it. */
  readonly kind: string;
  readonly about: string;
  /** What reading it takes. */
  readonly permission: string;
  /** Which events it is. All are kept in one topic, and none of the fields that are shown names a person. */
  readonly events: readonly EventDefinition<never>[];
  /** `organisation`: each event is for the organisation of its stream alone. `installation`: for all who may read the kind. */
  readonly whose: 'installation' | 'organisation';
  /** The fields of the data that are shown, and how: a time in microseconds as UTC, JSON text as JSON. No others ever are. */
  readonly fields: Readonly<Record<string, 'as-is' | 'time' | 'json'>>;
  /** By the name that clients use: where in the data the text is that they compare with. */
  readonly filters: Readonly<Record<string, readonly [string, ...string[]]>>;
};

/** Names of events that the stream itself sends, which no kind may have. */
export const reservedStreamNames = ['ready', 'resync', 'end', 'message', 'error', 'open'] as const;

/** What is wrong with a kind by itself, for people. */
export const streamFaults = ({ kind, events, fields, filters }: StreamKind): readonly string[] => {
  const of = `stream ${kind}`;
  const reserved: readonly string[] = reservedStreamNames;
  const topics = new Set(events.map(({ topic }) => topic));
  const personal = events.flatMap((event) => event.personal?.fields ?? []).filter((field) => field in fields);
  const known = new Set(events.flatMap(({ schemas }) => fieldNames(schemas.at(-1))));
  const missing = [...Object.keys(fields), ...Object.values(filters).map(([field]) => field)].filter(
    (field) => !known.has(field),
  );
  return [
    ...(reserved.includes(kind) || !/^[a-z]+(-[a-z]+)*$/.test(kind) ? [`${of} has a name that no kind may have`] : []),
    ...(topics.size === 1 ? [] : [`${of} is of ${topics.size} topics, and has to be of one`]),
    ...personal.map((field) => `${of} shows ${field}, which names a person`),
    ...missing.map((field) => `${of} names the field ${field}, which none of its events has`),
  ];
};

/** By Avro's specification a record has a list of fields with names. */
const fieldNames = (schema: object | undefined): readonly string[] => {
  const fields: unknown = schema !== undefined && 'fields' in schema ? schema.fields : [];
  return (fields as readonly { readonly name: string }[]).map(({ name }) => name);
};
