/**
 * Streams in turn. A stream's events are counted without holes, so a projection knows what it has: a version that comes
 * again changes nothing, and one that is missing is noticed before anything is built on it.
 */
import type { Decision } from '@plenum/event';
import type { Recorded } from './recorded.ts';
import { defineTable, provenance, type RowOf } from './table.ts';

/** How far each stream is in the tables beside. No view shows it. */
export const streamVersions = defineTable({
  name: 'stream_versions',
  hidden: true,
  about: 'The last version of each stream that is in the tables here.',
  columns: {
    ...provenance,
    stream: { type: 'text', about: 'Which stream.' },
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
  { stream, version }: Decision,
  { event, partition, offset }: Recorded,
): StreamVersionsRow => ({ stream, version, event_id: event.id, log_partition: partition, log_offset: offset });
