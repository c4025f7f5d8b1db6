/** Questions about exports. Rows come back as they go out: times as UTC text, counts as numbers, NULL as null. */
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { documentSchema } from './export-work.ts';
import { exportsTable } from './exports-projection.ts';

export type ExportReads = {
  /** One page of exports, those that were asked for last first. */
  readonly page: (asked: ExportsAsked) => Promise<Rows<ExportShown>>;
  /** Where only one organisation's are asked for, those of others are not there. */
  readonly byId: (exportId: string, organisation?: string) => Promise<ExportShown | undefined>;
};

export type ExportsAsked = {
  readonly organisation?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

export type ExportShown = ShownRow<typeof exportsTable>;

const columns = selectedColumns(exportsTable, 'e');

export const exportReads = (sql: Sql): ExportReads => ({
  page: async ({ organisation, kind, state, before, limit }) => {
    const { parameters, bind, equal, after, all } = pageConditions();
    equal({ 'e.organisation': organisation, 'e.kind': kind, 'e.state': state });
    after(['e.export_id'], before === undefined ? undefined : [before], 'desc');
    return sql(
      `select ${columns} from public.exports e where ${all()} order by e.export_id desc limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  byId: async (exportId, organisation) => {
    const [row] = await sql<ExportShown>(
      `select ${columns} from public.exports e where e.export_id = $1 and ($2::text is null or e.organisation = $2)`,
      [exportId, organisation ?? null],
    );
    return row;
  },
});

/** What is asked of the tables that are written with each decision: they never wait for the log. */
export type ExportWorkReads = {
  /** The file of an export and whether it is handed out; where only one organisation's are asked for, others are not there. */
  readonly file: (exportId: string, organisation?: string) => Promise<ExportFileShown | undefined>;
  /** How far those of these are that are still to be made. */
  readonly running: (exportIds: readonly string[]) => Promise<readonly ExportRunShown[]>;
  /** A free slot of this user and one of their organisation, the first of each; from the maximum on there is none. */
  readonly freeSlots: (of: { readonly by: string; readonly organisation: string }) => Promise<FreeSlots>;
};

export type ExportFileShown = {
  readonly state: 'requested' | 'ready' | 'failed' | 'expired';
  readonly kind: string;
  readonly format: string;
  readonly requested_at: string;
  readonly expires_at: string | null;
  readonly file: string | null;
  readonly file_name: string | null;
  readonly media_type: string | null;
  readonly bytes: number | null;
  readonly digest: string | null;
  /** Why there is none, where it failed. */
  readonly reason: string | null;
  /** Its time is over, though nobody has said so yet. */
  readonly is_due: boolean;
};

export type ExportRunShown = { readonly export_id: string; readonly rows: number; readonly percent: number };

export type FreeSlots = { readonly user_slot: number; readonly organisation_slot: number };

export const exportWorkReads = (sql: Sql): ExportWorkReads => ({
  file: async (exportId, organisation) => {
    const [row] = await sql<ExportFileShown>(
      `select w.state, w.kind, w.format, w.requested_at, w.expires_at, w.file, w.file_name, w.media_type, w.bytes, w.digest, w.reason,
              coalesce(w.expires_at <= now(), false) as is_due
         from ${documentSchema}.export_work w
        where w.export_id = $1 and ($2::text is null or w.organisation = $2)`,
      [exportId, organisation ?? null],
    );
    return row;
  },
  running: (exportIds) =>
    sql<ExportRunShown>(
      `select r.export_id, r.rows, r.percent from ${documentSchema}.export_run r
         join ${documentSchema}.export_work w on w.export_id = r.export_id
        where r.export_id = any($1::text[]) and w.state = 'requested' and r.is_running`,
      [exportIds],
    ),
  freeSlots: async ({ by, organisation }) => {
    const [row] = await sql<FreeSlots>(slotsQuery, [by, organisation]);
    if (row === undefined) throw new Error('a question without conditions was answered with nothing');
    return row;
  },
});

/** The smallest number that none of those has which are open or kept. */
const firstFree = (slot: string, condition: string): string => `
  (select min(s.slot) from (
    select 0 as slot union all
    select w.${slot} + 1 from ${documentSchema}.export_work w where ${condition} and w.state in ('requested', 'ready')) s
    where not exists (select from ${documentSchema}.export_work w
      where ${condition} and w.state in ('requested', 'ready') and w.${slot} = s.slot))::int as ${slot}`;

const slotsQuery = `select ${firstFree('user_slot', 'w.organisation = $2 and w.requested_by = $1')},
  ${firstFree('organisation_slot', 'w.organisation = $2')}`;
