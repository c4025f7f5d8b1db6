/** Questions about commands to nodes. Rows come back as they go out: times as UTC text, NULL as null. */
import {
  columnsWithout,
  pageConditions,
  type Rows,
  type ShownRow,
  type Sql,
  selectedColumns,
} from '@plenum/read-model';
import type { CommandState } from './command-states.ts';
import { commandStepsTable } from './command-steps.ts';
import { commandsTable } from './commands-projection.ts';
import { groupState, type StateCounts } from './group-state.ts';

/** Which of its attempts may have arrived is for the fold alone. */
export const commandShown = columnsWithout(commandsTable, 'is_pending', 'may_have_arrived', 'state');
export const commandStepShown = columnsWithout(commandStepsTable, 'command_id', 'organisation');

type CommandRow = ShownRow<typeof commandShown> & { readonly state: CommandState };

/** As it is shown: the state of a command for several nodes is read from theirs. */
export type CommandShown = CommandRow & {
  /** Whether nothing about it changes any more. */
  readonly is_final: boolean;
  /** Of a command for several nodes, how many of theirs are in each state. */
  readonly outcomes: StateCounts | null;
};

export type CommandStep = ShownRow<typeof commandStepShown>;

export type CommandsAsked = {
  readonly node?: string | undefined;
  /** Of commands for one node alone. */
  readonly state?: CommandState | undefined;
  readonly parent?: string | undefined;
  readonly command?: string | undefined;
  /** By when they were asked for. */
  readonly fromUs?: number | undefined;
  readonly toUs?: number | undefined;
  /** When the last one of the page before was asked for, and its id. */
  readonly before?: readonly [at: string, commandId: string] | undefined;
  readonly limit: number;
};

export type CommandReads = {
  /** One page of commands, those that were asked for last first. */
  readonly page: (asked: CommandsAsked) => Promise<Rows<CommandRow>>;
  readonly byId: (commandId: string) => Promise<CommandShown | undefined>;
  /** Rows of a page, as they are shown. */
  readonly shown: (rows: Rows<CommandRow>) => Promise<(row: CommandRow) => CommandShown>;
  /** Its last steps, at most so many, the first of them first. */
  readonly steps: (commandId: string, max: number) => Promise<readonly CommandStep[]>;
};

const columns = `${selectedColumns(commandShown, 'c')}, c."state"`;
const stepColumns = selectedColumns(commandStepShown, 's');

type Counted = { readonly parent: string; readonly state: CommandState; readonly count: number };

export const commandReads = (sql: Sql): CommandReads => {
  const shown = async (rows: Iterable<CommandRow>) => {
    const groups = [...rows].filter(({ node_id }) => node_id === null).map(({ command_id }) => command_id);
    const counted = groups.length === 0 ? [] : await countsOf(sql, groups);
    const byParent = Map.groupBy(counted, ({ parent }) => parent);
    return (row: CommandRow) => shownOf(row, byParent.get(row.command_id) ?? []);
  };
  return {
    shown,
    page: async ({ node, state, parent, command, fromUs, toUs, before, limit }) => {
      const { parameters, bind, add, equal, within, after, all } = pageConditions();
      equal({ 'c.node_id': node, 'c.state': state, 'c.parent': parent, 'c.command': command });
      if (state !== undefined) add('c.node_id is not null');
      within('c.requested_at', { fromUs, toUs });
      after(['c.requested_at', 'c.command_id'], before, 'desc');
      return sql<CommandRow>(
        `select ${columns} from public.commands c where ${all()}
          order by c.requested_at desc, c.command_id desc limit ${bind(limit)}`,
        parameters,
        limit,
      );
    },
    byId: async (commandId) => {
      const rows = await sql<CommandRow>(`select ${columns} from public.commands c where c.command_id = $1`, [
        commandId,
      ]);
      const [row] = rows;
      return row && (await shown(rows))(row);
    },
    steps: (commandId, max) =>
      sql<CommandStep>(
        `select * from (select ${stepColumns} from public.command_steps s where s.command_id = $1
                         order by s.stream_version desc limit $2) last
          order by last.stream_version`,
        [commandId, max],
      ),
  };
};

const countsOf = (sql: Sql, parents: readonly string[]): Promise<readonly Counted[]> =>
  sql<Counted>(
    `select c.parent, c.state, count(*)::int as count from public.commands c where c.parent = any($1::text[])
      group by c.parent, c.state`,
    [parents],
  );

const shownOf = (row: CommandRow, counted: readonly Counted[]): CommandShown => {
  if (row.node_id !== null) return { ...row, is_final: row.ended_at !== null, outcomes: null };
  const outcomes: StateCounts = Object.fromEntries(counted.map(({ state, count }) => [state, count]));
  const { state, final } = groupState({ own: row.state, nodes: row.nodes ?? 0, counts: outcomes });
  return { ...row, state, is_final: final, outcomes };
};
