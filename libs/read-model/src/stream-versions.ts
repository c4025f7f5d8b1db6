/**
 * Streams in turn. A stream's events are counted without holes, so a projection knows what it has: a version that comes
 * again changes nothing, and one that is missing is noticed before anything is built on it.
 */
import type { Decision } from '@plenum/event';
import type { Recorded } from './recorded.ts';
import type { Sql } from './sql.ts';
import { defineTable, provenance, type RowOf } from './table.ts';

/** How far each stream is in the tables beside. Queries find it by `shownVersions`, also of what has ended. */
export const streamVersions = defineTable({
  name: 'stream_versions',
  hidden: true,
  about: 'The last version of each stream that is in the tables here.',
  columns: {
    ...provenance,
    stream: { type: 'text', about: 'Which stream.' },
    organisation: { type: 'text', about: 'That what it is about belongs to.' },
    version: { type: 'integer', about: 'Of the last event taken.' },
  },
  key: ['stream'],
});

export type StreamVersionsRow = RowOf<typeof streamVersions>;

/**
 * Something between what a projection has of a stream and what has come is missing: nobody may go on with this stream before
 * it is found. The projector parks the record's key with this code, and a replay leaves out the same.
 */
export class VersionGap extends Error {
  readonly code = 'gap';
  constructor(stream: string, has: number, came: number) {
    super(`${stream} is at version ${has} and version ${came} has come: what is between them is missing`);
    this.name = 'VersionGap';
  }
}

/** Whether a version is the next after the one that is there (0: none). @throws VersionGap when it is further. */
export const isNextVersion = (has: number, { stream, version }: Decision): boolean => {
  if (version <= has) return false;
  if (version !== has + 1) throw new VersionGap(stream, has, version);
  return true;
};

/** The row that an event leaves of its stream. */
export const streamVersionsRow = (
  { stream, organisation, version }: Decision,
  { event, partition, offset }: Recorded,
): StreamVersionsRow => ({
  stream,
  organisation,
  version,
  event_id: event.id,
  log_partition: partition,
  log_offset: offset,
});

/** Of one projection, a stream that it takes; of which organisation it has to be, where that is asked. */
export type StreamAsked = {
  readonly projection: string;
  readonly stream: string;
  readonly organisation?: string | undefined;
};

/** The last version of a stream that queries are shown; `undefined` before the first, and for another organisation. */
export type ShownVersion = (asked: StreamAsked) => Promise<number | undefined>;

/** The view that shows a projection's `streamVersions`, in schema `plenum`. */
export const streamVersionsView = (projection: string): string => `${projection}_${streamVersions.name}`;

export const shownVersionIn =
  (sql: Sql): ShownVersion =>
  async ({ projection, stream, organisation }) => {
    const [row] = await sql<{ readonly version: number }>(
      `select v.version from plenum.${streamVersionsView(projection)} v
        where v.stream = $1 and ($2::text is null or v.organisation = $2)`,
      [stream, organisation ?? null],
    );
    return row?.version;
  };
