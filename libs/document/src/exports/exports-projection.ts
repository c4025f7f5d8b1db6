/** Exports as people see them. */
import { isEvent } from '@plenum/event';
import {
  type DecidedEntry,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
  storableText,
} from '@plenum/read-model';
import type { ExportRequestedV1 } from '../generated/schemas.ts';
import { documentTopic } from '../topics.ts';
import { ExportExpired, ExportFailed, ExportFinished, ExportRequested, exportStreamKind } from './export-events.ts';

export const exportsTable = defineTable({
  name: 'exports',
  about: 'Every file that somebody asked for, and what became of it.',
  columns: {
    ...decidedColumns,
    export_id: { type: 'text', about: 'UUID.' },
    kind: { type: 'text', about: 'What of, such as `readings`.' },
    format: { type: 'text', about: 'What the file is, such as `csv`.' },
    asked: { type: 'jsonb', about: 'What else was asked for: filters, from, to, as_of, options.' },
    state: { type: 'text', about: '`requested`, `ready`, `failed` or `expired`.' },
    requested_by: { type: 'text', about: 'Who asked.' },
    requested_at: { type: 'timestamptz', about: 'When.' },
    ended_at: { type: 'timestamptz', nullable: true, about: 'When it was made, failed or expired.' },
    file_name: { type: 'text', nullable: true, about: 'What the file is called.' },
    media_type: { type: 'text', nullable: true, about: 'Of its content.' },
    bytes: { type: 'bigint', nullable: true, about: 'How long it is.' },
    digest: { type: 'text', nullable: true, about: 'SHA-256 of its bytes, 64 hexadecimal digits.' },
    rows: { type: 'bigint', nullable: true, about: 'How many it holds; null: it is a document, or not made.' },
    position: { type: 'jsonb', nullable: true, about: 'What it is as of: next offsets by partition, by topic.' },
    position_time: { type: 'timestamptz', nullable: true, about: 'When the last event before that was recorded.' },
    conformance: { type: 'jsonb', nullable: true, about: 'What was found in it when it was read back.' },
    expires_at: { type: 'timestamptz', nullable: true, about: 'From then on it is handed out no more.' },
    code: { type: 'text', nullable: true, about: 'Why there is none, for programs.' },
    reason: { type: 'text', nullable: true, about: 'Why there is none, a sentence.' },
  },
  key: ['export_id'],
  indexes: [['organisation', 'export_id']],
});

export type ExportsRow = RowOf<typeof exportsTable>;

const exportsFold = decidedFold<ExportRequestedV1, ExportsRow>({
  table: exportsTable,
  keyOf: ({ id }) => ({ export_id: id }),
  begins: ExportRequested,
  first: ({ kind, format, asked, by }, entry) => ({
    ...placeOf(entry),
    ...{ export_id: entry.id, kind: storableText(kind), format: storableText(format), asked, state: 'requested' },
    ...{ requested_by: storableText(by), requested_at: entry.event.effectiveTimeUs, ended_at: undefined },
    ...{ file_name: undefined, media_type: undefined, bytes: undefined, digest: undefined, rows: undefined },
    ...{ position: undefined, position_time: undefined, conformance: undefined, expires_at: undefined },
    ...{ code: undefined, reason: undefined },
  }),
  next: (row, entry) => ({ ...row, ...endedBy(entry), ...placeOf(entry) }),
});

const endedBy = ({ event }: DecidedEntry): Partial<ExportsRow> => {
  const ended_at = event.effectiveTimeUs;
  if (isEvent(ExportFinished, event)) {
    const { file: _file, bytes, rows, export_id: _id, ...made } = event.data;
    return {
      ...{ ...made, state: 'ready', ended_at },
      ...{ bytes: BigInt(bytes), rows: rows === undefined ? undefined : BigInt(rows) },
    };
  }
  if (isEvent(ExportFailed, event)) {
    const { code, reason } = event.data;
    return { code: storableText(code), reason: storableText(reason), state: 'failed', ended_at };
  }
  return isEvent(ExportExpired, event) ? { state: 'expired', ended_at } : {};
};

export const exportsProjection = defineProjection<DecidedEntry>({
  name: 'exports',
  version: 1,
  about: 'Exports as decided.',
  topics: [documentTopic.name],
  streams: [exportStreamKind],
  entry: decidedEntry,
  folds: [exportsFold],
});
