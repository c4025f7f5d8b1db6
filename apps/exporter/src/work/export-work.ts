/**
 * Which exports are to be made, and who is at which. One is taken up under a lease of some seconds that is renewed with its progress;
 * of a process that dies or freezes the lease runs out, and another takes it up under the next epoch. Two may be at it
 * for a moment: each writes a file of its own, and the decision about the export takes one of them.
 */
import { documentSchema, type ExportAsked, type PositionJson } from '@plenum/document';
import type { Sql } from '@plenum/read-model';

export type Claimed = {
  readonly export_id: string;
  readonly organisation: string;
  readonly kind: string;
  readonly format: string;
  readonly asked: ExportAsked;
  readonly requested_age_s: number;
  /** Which taking up it is. */
  readonly epoch: number;
  /** How often somebody had taken it up and never said what came of it. */
  readonly lost: number;
};

export type ExportWork = {
  /** The oldest that nobody is at. @throws TransientFailure */
  claim(): Promise<Claimed | undefined>;
  /** Renews the lease, too. False: somebody else is at it, or it has ended. @throws TransientFailure */
  progress(claimed: Claimed, progress: Progress): Promise<boolean>;
  /**
   * The position that it is as of: the one that is given, unless it had one and `isKept`. `undefined`: somebody else is at it.
   * @throws TransientFailure
   */
  position(claimed: Claimed, position: PositionJson, isKept: boolean): Promise<PositionJson | undefined>;
  /** For others, or for this process again, after so long. @throws TransientFailure */
  release(claimed: Claimed, afterMs: number): Promise<void>;
  /** Files whose time is over, some of them. @throws TransientFailure */
  due(): Promise<readonly string[]>;
  /** Those whose time is over and whose files may be there, some of them. @throws TransientFailure */
  removable(): Promise<readonly { readonly export_id: string; readonly file: string }[]>;
  /** The file of this one is there no more. @throws TransientFailure */
  removed(exportId: string): Promise<void>;
  /** Of these exports, the names of the files that are handed out; `undefined` for one that is still to be made. @throws TransientFailure */
  keptFiles(exportIds: readonly string[]): Promise<ReadonlyMap<string, string | undefined>>;
};

export type Progress = { readonly rows: number; readonly percent: number };

/** Three renewals may fail. */
export const leaseMs = 8_000;
export const renewMs = 2_000;

const work = `${documentSchema}.export_work`;
const run = `${documentSchema}.export_run`;
const removal = `${documentSchema}.export_removal`;
const lease = `clock_timestamp() + ${leaseMs} * interval '1 millisecond'`;

const claimQuery = `
  with next as (
    select w.* from ${work} w left join ${run} r on r.export_id = w.export_id
     where w.state = 'requested' and (r.export_id is null or r.free_at <= clock_timestamp())
     order by w.requested_at, w.export_id limit 1
       for update of w skip locked
  ), taken as (
    insert into ${run} as r (export_id, free_at) select export_id, ${lease} from next
    on conflict (export_id) do update
       set epoch = r.epoch + 1, lost = r.lost + 1, free_at = ${lease}, is_running = true, rows = 0, percent = 0
     where r.free_at <= clock_timestamp()
    returning r.export_id, r.epoch, r.lost
  )
  select n.export_id, n.organisation, n.kind, n.format, n.asked, t.epoch, t.lost,
         extract(epoch from clock_timestamp() - n.requested_at)::double precision as requested_age_s
    from taken t join next n on n.export_id = t.export_id`;

const progressQuery = `
  update ${run} r set rows = $3, percent = $4, free_at = ${lease}
    from ${work} w
   where r.export_id = $1 and r.epoch = $2 and w.export_id = r.export_id and w.state = 'requested'
  returning r.export_id`;

const positionQuery = `
  update ${run} r set position = case when $4 then coalesce(r.position, $3::jsonb) else $3::jsonb end
   where r.export_id = $1 and r.epoch = $2
  returning r.position`;

/** What was given back was not lost. */
const releaseQuery = `
  update ${run} r set free_at = clock_timestamp() + $3 * interval '1 millisecond', lost = r.lost - 1, is_running = false
   where r.export_id = $1 and r.epoch = $2`;

export const exportWorkIn = (sql: Sql): ExportWork => ({
  claim: async () => {
    const [row] = await sql<Claimed>(claimQuery);
    return row;
  },
  progress: async ({ export_id, epoch }, { rows, percent }) =>
    (await sql(progressQuery, [export_id, epoch, rows, percent])).length > 0,
  position: async ({ export_id, epoch }, position, isKept) => {
    const values = [export_id, epoch, JSON.stringify(position), isKept];
    const [row] = await sql<{ readonly position: PositionJson }>(positionQuery, values);
    return row?.position;
  },
  release: async ({ export_id, epoch }, afterMs) => {
    await sql(releaseQuery, [export_id, epoch, afterMs]);
  },
  due: async () => {
    const rows = await sql<{ readonly export_id: string }>(
      `select w.export_id from ${work} w where w.state = 'ready' and w.expires_at <= now() order by w.expires_at limit 100`,
    );
    return rows.map(({ export_id }) => export_id);
  },
  removable: () => sql(`select export_id, file from ${removal} order by export_id limit 100`),
  removed: async (exportId) => {
    await sql(`delete from ${removal} where export_id = $1`, [exportId]);
  },
  keptFiles: async (exportIds) => {
    const rows = await sql<{ readonly export_id: string; readonly state: string; readonly file: string | null }>(
      `select w.export_id, w.state, w.file from ${work} w
        where w.export_id = any($1::text[]) and w.state in ('requested', 'ready')`,
      [exportIds],
    );
    return new Map(rows.map(({ export_id, state, file }) => [export_id, state === 'ready' ? (file ?? '') : undefined]));
  },
});
