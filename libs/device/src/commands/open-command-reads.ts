/** What is asked of the table of open commands by those who send and time them. Times are microseconds since 1970. */
import type { Sql } from '@plenum/read-model';
import { deviceSchema } from '../authorization/authorized-nodes.ts';
import { attemptsMax, leadUs } from './timing.ts';

/** A command that may be sent now. */
export type SendableCommand = {
  readonly command_id: string;
  readonly node_id: string;
  readonly command: string;
  readonly parameters: unknown;
  readonly requested_us: string;
  readonly expires_us: string;
  /** Attempts so far. */
  readonly attempt: number;
  /** Whether its node has a key or a certificate: then it is for nobody who is not that node. */
  readonly signs_in: boolean;
  /** The database's clock, which is the same for all processes. */
  readonly now_us: string;
};

export type DueCommand = {
  readonly command_id: string;
  readonly version: number;
  /** `accepted`: no node has it. */
  readonly state: string;
  readonly due_us: string;
  readonly now_us: string;
};

export type OpenCommandReads = {
  /**
   * Those of these nodes that may be sent, in order, but for some; with `again`, also those whose next attempt is not due yet. Of
   * `absent` nodes, for which somebody else listens, only those of nodes that do not sign in.
   */
  readonly sendable: (asked: {
    readonly nodeIds: readonly string[];
    readonly absent: readonly string[];
    readonly again: boolean;
    readonly except: readonly string[];
    readonly limit: number;
  }) => Promise<readonly SendableCommand[]>;
  /** Nodes that have commands whose next attempt is due, of these or of all. */
  readonly nodesDue: (nodeIds: readonly string[] | undefined, limit: number) => Promise<readonly string[]>;
  /** Commands whose time is over, the longest first. */
  readonly due: (limit: number) => Promise<readonly DueCommand[]>;
  /** Whether any command has not ended. */
  readonly anyOpen: () => Promise<boolean>;
  /** Parts of a command for several nodes that were not sent. */
  readonly unsentOf: (parent: string) => Promise<readonly string[]>;
  /** Commands that were sent and have not ended, or not long ago: the newest. */
  readonly sent: (limit: number) => Promise<readonly string[]>;
  /** Forgets commands that ended longer ago than they could come again. */
  readonly forgetEnded: () => Promise<void>;
};

const us = (time: string): string => `(extract(epoch from ${time}) * 1000000)::bigint`;

/** `retry_at` is in the clock of who decided; before the first attempt there is nothing to wait for. */
const isDue = 'attempt = 0 or retry_at <= clock_timestamp()';
const maySend = `state in ('accepted', 'sent') and attempt < ${attemptsMax}
                 and expires_at > clock_timestamp() + interval '${leadUs} microseconds'`;

export const openCommandReads = (sql: Sql): OpenCommandReads => ({
  sendable: ({ nodeIds, absent, again, except, limit }) =>
    sql(
      `select command_id, node_id, command, parameters, attempt, ${us('requested_at')} as requested_us,
              ${us('expires_at')} as expires_us, ${us('clock_timestamp()')} as now_us, signs_in
         from ${deviceSchema}.open_command
         left join lateral (select a.keys <> '{}' or a.certificate is not null as has
                              from ${deviceSchema}.authorized_node a where a.node_id = open_command.node_id) node on true
         cross join lateral (select coalesce(node.has, false) as signs_in) said
        where node_id = any($1) and ${maySend} and ($2 or ${isDue}) and command_id <> all($3)
          and not (signs_in and node_id = any($5))
        order by ordinal limit $4`,
      [nodeIds, again, except, limit, absent],
    ),
  nodesDue: async (nodeIds, limit) => {
    const rows = await sql<{ readonly node_id: string }>(
      `select node_id from ${deviceSchema}.open_command
        where ($1::text[] is null or node_id = any($1)) and ${maySend} and (${isDue})
        group by node_id order by min(coalesce(retry_at, requested_at)) limit $2`,
      [nodeIds ?? null, limit],
    );
    return rows.map(({ node_id }) => node_id);
  },
  due: (limit) =>
    sql(
      `select command_id, stream_version as version, state, ${us('due_at')} as due_us, ${us('clock_timestamp()')} as now_us
         from ${deviceSchema}.open_command
        where state <> 'ended' and due_at <= clock_timestamp()
        order by due_at limit $1`,
      [limit],
    ),
  anyOpen: async () => {
    const [row] = await sql<{ readonly open: boolean }>(
      `select exists (select from ${deviceSchema}.open_command where state <> 'ended') as open`,
      [],
    );
    return row?.open === true;
  },
  unsentOf: async (parent) => {
    const rows = await sql<{ readonly command_id: string }>(
      `select command_id from ${deviceSchema}.open_command where parent = $1 and state = 'accepted' order by ordinal`,
      [parent],
    );
    return rows.map(({ command_id }) => command_id);
  },
  sent: async (limit) => {
    const rows = await sql<{ readonly command_id: string }>(
      `select command_id from ${deviceSchema}.open_command where attempt > 0 order by ordinal desc limit $1`,
      [limit],
    );
    return rows.map(({ command_id }) => command_id);
  },
  forgetEnded: async () => {
    await sql(
      `delete from ${deviceSchema}.open_command where state = 'ended' and due_at < clock_timestamp() - interval '1 hour'`,
    );
  },
});
