/** Commands to nodes as a list, and one with its steps. */
import { type CommandShown, type CommandState, commandReads, commandStates } from '@plenum/device';
import { list } from '../access/listing.ts';
import { tableText } from '../access/table.ts';
import { broughtUpToDate } from '../access/up-to-date.ts';
import { withAccess } from '../access/with-access.ts';
import { type Surroundings, UsageError } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';

type Common = { readonly log: LogName | undefined; readonly json: boolean };

type Listed = Common & {
  readonly node: string | undefined;
  readonly state: string | undefined;
  readonly parent: string | undefined;
  readonly command: string | undefined;
  readonly limit: number;
};

/** @returns the exit code. @throws UsageError for a state that there is not; as `withAccess`. */
export const listCommands = async (
  { log, json, state, ...asked }: Listed,
  surroundings: Surroundings,
): Promise<number> => {
  const wanted = { ...asked, state: stateOf(state) };
  return list<CommandShown>(
    {
      ...{ log, json, what: 'commands' },
      rows: async ({ sql }) => {
        const reads = commandReads(sql);
        const rows = await reads.page(wanted);
        return rows.map(await reads.shown(rows));
      },
      columns: {
        command: ({ command_id }) => command_id,
        target: ({ node_id, target }) => node_id ?? target,
        what: ({ command }) => command,
        state: ({ state: shown }) => shown,
        nodes: countsText,
        asked: ({ requested_at }) => requested_at,
        by: ({ requested_by }) => requested_by,
      },
    },
    surroundings,
  );
};

const stateOf = (written: string | undefined): CommandState | undefined => {
  const state = commandStates.find((one) => one === written);
  if (written === undefined || state !== undefined) return state;
  throw new UsageError(`--state must be one of ${commandStates.join(', ')}, and is "${written}"`);
};

/** Of one for several nodes, how many are how far. */
export const countsText = ({ nodes, outcomes }: Pick<CommandShown, 'nodes' | 'outcomes'>): string =>
  outcomes === null
    ? ''
    : [`${nodes}:`, ...Object.entries(outcomes).map(([state, count]) => `${count} ${state}`)].join(' ');

const stepsMax = 200;

/** @returns the exit code: 1 when there is none. @throws as `withAccess`. */
export const showCommand = (
  { log, json, id }: Common & { readonly id: string },
  surroundings: Surroundings,
): Promise<number> =>
  withAccess({ log }, surroundings, async (access) => {
    const { out, tell, stop } = surroundings;
    await broughtUpToDate(access, stop);
    const reads = commandReads(access.sql);
    const [found, steps] = await Promise.all([reads.byId(id), reads.steps(id, stepsMax)]);
    if (found === undefined) {
      tell(`plenum: there is no command ${id}\n`);
      return 1;
    }
    if (json) {
      await out(`${JSON.stringify({ ...found, steps })}\n`);
      return 0;
    }
    const { command, node_id, target, state } = found;
    await out(`${command} for ${node_id ?? target} is ${state}. ${countsText(found)}`.trimEnd().concat('\n'));
    const rows = steps.map(({ at, what, said }) => [at, what, JSON.stringify(said)]);
    await out(tableText(['at', 'step', 'evidence'], rows));
    return 0;
  });
