/**
 * Exports as the exporter and the door to their files need them: written in the transaction of the decision itself, so that
 * what was asked for is found at once, and what has expired is handed out no more. Beside it, and in no stream, how far the work is.
 */
import { type DecidedEvent, formatTimeUs, isEvent } from '@plenum/event';
import { type InlineProjection, type Statement, storableText } from '@plenum/read-model';
import { ExportExpired, ExportFailed, ExportFinished, ExportRequested } from './export-events.ts';

/** The schema, and the channel of `NOTIFY`. */
export const documentSchema = 'plenum_document';

const steps: readonly string[] = [
  `
create table ${documentSchema}.export_work (
  export_id text primary key,
  organisation text not null,
  kind text not null,
  format text not null,
  asked jsonb not null,
  requested_by text not null,
  requested_at timestamptz not null,
  user_slot int not null,
  organisation_slot int not null,
  -- requested, ready, failed, expired
  state text not null,
  file text,
  file_name text,
  media_type text,
  bytes bigint,
  digest text,
  -- Why there is none.
  reason text,
  expires_at timestamptz,
  stream_version int not null
);
create index export_work_requested on ${documentSchema}.export_work (requested_at) where state = 'requested';
create index export_work_due on ${documentSchema}.export_work (expires_at) where state = 'ready';
create index export_work_removable on ${documentSchema}.export_work (export_id) where state = 'expired' and file is not null;
create index export_work_slots on ${documentSchema}.export_work (organisation, requested_by) where state in ('requested', 'ready');

-- Who is at it, and how far: of no consequence once it has ended, and in no stream.
create table ${documentSchema}.export_run (
  export_id text primary key,
  -- Grows with every exporter that takes it up.
  epoch bigint not null default 1,
  -- How often it was taken up and not given back: the exporter died.
  lost int not null default 0,
  -- Somebody else may take it up from then on.
  free_at timestamptz not null,
  is_running boolean not null default true,
  rows bigint not null default 0,
  percent int not null default 0,
  -- What it is as of, from the first that took it up on.
  position jsonb
) with (fillfactor = 50);
`,
  `
-- Files whose export has expired, until they are removed. A rebuild puts those that are removed here again, which does no harm.
create table ${documentSchema}.export_removal (
  export_id text primary key,
  file text not null
);
insert into ${documentSchema}.export_removal
select export_id, file from ${documentSchema}.export_work where state = 'expired' and file is not null;
drop index ${documentSchema}.export_work_removable;
`,
];

const statements = (event: DecidedEvent): readonly Statement[] => {
  const { version, organisation } = event.decision;
  if (isEvent(ExportRequested, event)) {
    const { export_id, kind, format, asked, user_slot, organisation_slot, by } = event.data;
    return [
      {
        text: `insert into ${documentSchema}.export_work
               (export_id, organisation, kind, format, asked, requested_by, requested_at, user_slot, organisation_slot,
                state, stream_version)
               values ($1, $2, $3, $4, $5::jsonb, $6, $7::timestamptz, $8, $9, 'requested', $10)
               on conflict (export_id) do nothing`,
        parameters: [
          ...[export_id, organisation, kind, format, asked, by, formatTimeUs(event.effectiveTimeUs)],
          ...[user_slot, organisation_slot, version],
        ],
      },
      notified(export_id),
    ];
  }
  if (isEvent(ExportFinished, event)) {
    const { export_id, file, file_name, media_type, bytes, digest, expires_at } = event.data;
    return [
      {
        text: `update ${documentSchema}.export_work
                  set state = 'ready', file = $3, file_name = $4, media_type = $5, bytes = $6, digest = $7,
                      expires_at = $8::timestamptz, stream_version = $2
                where export_id = $1 and stream_version < $2`,
        parameters: [export_id, version, file, file_name, media_type, bytes, digest, formatTimeUs(expires_at)],
      },
    ];
  }
  if (isEvent(ExportFailed, event)) {
    const { export_id, reason } = event.data;
    return [ended(export_id, { state: 'failed', reason }, version)];
  }
  if (isEvent(ExportExpired, event)) {
    const { export_id } = event.data;
    return [ended(export_id, { state: 'expired' }, version), toBeRemoved(export_id), notified(export_id)];
  }
  return [];
};

type Ended = { readonly state: 'failed'; readonly reason: string } | { readonly state: 'expired' };

const ended = (exportId: string, end: Ended, version: number): Statement => ({
  text: `update ${documentSchema}.export_work set state = $3, reason = $4, stream_version = $2
          where export_id = $1 and stream_version < $2`,
  parameters: [exportId, version, end.state, end.state === 'failed' ? storableText(end.reason) : null],
});

const toBeRemoved = (exportId: string): Statement => ({
  text: `insert into ${documentSchema}.export_removal
         select export_id, file from ${documentSchema}.export_work
          where export_id = $1 and state = 'expired' and file is not null
         on conflict (export_id) do nothing`,
  parameters: [exportId],
});

/** Heard when the transaction has committed, and only then. */
const notified = (exportId: string): Statement => ({
  text: `select pg_notify('${documentSchema}', $1)`,
  parameters: [exportId],
});

export const exportWork: InlineProjection = {
  schema: documentSchema,
  steps,
  tables: ['export_work'],
  statements,
};
