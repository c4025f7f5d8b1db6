/**
 * Commands that have not ended, as those who send and time them need them: written in the transaction of the decision itself.
 * It has no checkpoint, so nothing that is folded again can send a command again.
 */
import { type DecidedEvent, formatTimeUs, isEvent } from '@plenum/event';
import type { Notice, Statement } from '@plenum/read-model';
import { deviceSchema } from '../authorization/authorized-nodes.ts';
import {
  CommandCancelled,
  CommandDelivered,
  CommandExecuting,
  CommandExpired,
  CommandFailed,
  CommandNotTaken,
  CommandRequested,
  CommandSent,
  CommandSucceeded,
  CommandUnanswered,
} from './command-events.ts';

/** The channel of `NOTIFY` that says that a node has a command to be sent; its payload is the node's id. */
export const openCommandChannel = 'plenum_command';

export const openCommandSteps = `
create table ${deviceSchema}.open_command (
  command_id text primary key,
  -- In which commands of a node are sent.
  ordinal bigint generated always as identity,
  node_id text not null,
  parent text,
  -- accepted, sent, delivered, executing; ended: kept a while, so that an event that comes twice does not bring it back
  state text not null,
  command text not null,
  parameters jsonb not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  attempt int not null default 0,
  -- Whether an attempt may have arrived, the last or one before it.
  is_pending boolean not null default false,
  may_have_arrived boolean not null default false,
  -- It is tried again from then on; NULL: not by itself.
  retry_at timestamptz,
  -- Its time is over then.
  due_at timestamptz not null,
  stream_version int not null
);
create index open_command_node on ${deviceSchema}.open_command (node_id, ordinal) where state <> 'ended';
create index open_command_due on ${deviceSchema}.open_command (due_at);
create index open_command_parent on ${deviceSchema}.open_command (parent) where parent is not null and state <> 'ended';
`;

/** Many that are alike take one statement. Of each command in order. */
export const openCommandStatements = (events: readonly DecidedEvent[]): readonly Statement[] =>
  alike(events.flatMap((event) => changeOf(event) ?? [])).map(statementOf);

/** Of each node that has a new command. */
export const openCommandNotices = (events: readonly DecidedEvent[]): readonly Notice[] =>
  events.flatMap((event) => {
    const nodeId = isEvent(CommandRequested, event) ? event.data.node_id : undefined;
    return nodeId === undefined ? [] : [{ channel: openCommandChannel, payload: nodeId }];
  });

/** What an event changes in the row of its command: a kind of statement, and its values, with the command's id first. */
type Change = {
  readonly kind: keyof typeof kinds;
  readonly values: readonly [commandId: string, version: number, ...more: readonly Value[]];
};
type Value = string | number | null;

const changeOf = (event: DecidedEvent): Change | undefined => {
  const { version } = event.decision;
  if (isEvent(CommandRequested, event)) {
    const { command_id, node_id, parent, command, parameters, expires_at } = event.data;
    if (node_id === undefined) return undefined;
    const [requestedAt, expiresAt] = [formatTimeUs(event.effectiveTimeUs), formatTimeUs(expires_at)];
    const said = [node_id, parent ?? null, command, parameters, requestedAt, expiresAt] as const;
    return { kind: 'requested', values: [command_id, version, ...said] };
  }
  if (isEvent(CommandSent, event)) {
    const { command_id, attempt, retry_at, answer_by } = event.data;
    return { kind: 'sent', values: [command_id, version, attempt, time(retry_at), time(answer_by)] };
  }
  if (isEvent(CommandNotTaken, event)) {
    const { command_id, retry_at } = event.data;
    return { kind: 'notTaken', values: [command_id, version, time(retry_at)] };
  }
  if (isEvent(CommandDelivered, event)) return underWay(event.data, version, 'delivered');
  if (isEvent(CommandExecuting, event)) return underWay(event.data, version, 'executing');
  if (!endings.some(({ type }) => type === event.type)) return undefined;
  const { command_id } = event.data as { readonly command_id: string }; // All of them have it.
  return { kind: 'ended', values: [command_id, version, formatTimeUs(event.effectiveTimeUs)] };
};

const endings = [
  ...[CommandSucceeded, CommandFailed, CommandUnanswered, CommandExpired, CommandCancelled],
] as readonly { readonly type: string }[];

const time = (timeUs: number | undefined): string | null => (timeUs === undefined ? null : formatTimeUs(timeUs));

type UnderWay = { readonly command_id: string; readonly answer_by: number };

const underWay = ({ command_id, answer_by }: UnderWay, version: number, state: 'delivered' | 'executing'): Change => ({
  kind: 'underWay',
  values: [command_id, version, state, time(answer_by)],
});

/** Those of one kind that follow each other, each command once: one statement changes a row once. */
const alike = (changes: readonly Change[]): readonly (readonly Change[])[] => {
  const runs: Change[][] = [];
  let named = new Set<string>();
  for (const change of changes) {
    const [commandId] = change.values;
    const run = runs.at(-1);
    if (run?.[0]?.kind === change.kind && !named.has(commandId)) run.push(change);
    else {
      runs.push([change]);
      named = new Set();
    }
    named.add(commandId);
  }
  return runs;
};

const table = `${deviceSchema}.open_command`;

/** Of each kind what its values are, one array for each in \`of\`, and the statement. */
const kinds = {
  requested: {
    of: ['text', 'int', 'text', 'text', 'text', 'text', 'timestamptz', 'timestamptz'],
    as: 'command_id, version, node_id, parent, command, parameters, requested_at, expires_at',
    text: (of: string) => `
      insert into ${table}
        (command_id, node_id, parent, state, command, parameters, requested_at, expires_at, retry_at, due_at, stream_version)
      select command_id, node_id, parent, 'accepted', command, parameters::jsonb, requested_at, expires_at, requested_at,
             expires_at, version
        from ${of}
      on conflict (command_id) do nothing`,
  },
  sent: {
    of: ['text', 'int', 'int', 'timestamptz', 'timestamptz'],
    as: 'command_id, version, attempt, retry_at, due_at',
    text: (of: string) =>
      update(
        of,
        `state = 'sent', attempt = a.attempt, retry_at = a.retry_at, due_at = a.due_at, is_pending = true,
         may_have_arrived = may_have_arrived or is_pending`,
      ),
  },
  notTaken: {
    of: ['text', 'int', 'timestamptz'],
    as: 'command_id, version, retry_at',
    text: (of: string) =>
      update(
        of,
        `state = case when may_have_arrived then 'sent' else 'accepted' end, retry_at = a.retry_at,
         is_pending = false, due_at = case when may_have_arrived then due_at else expires_at end`,
      ),
  },
  underWay: {
    of: ['text', 'int', 'text', 'timestamptz'],
    as: 'command_id, version, state, due_at',
    text: (of: string) => update(of, 'state = a.state, retry_at = null, due_at = a.due_at'),
  },
  ended: {
    of: ['text', 'int', 'timestamptz'],
    as: 'command_id, version, due_at',
    text: (of: string) => update(of, "state = 'ended', parameters = '{}', retry_at = null, due_at = a.due_at"),
  },
} as const;

const update = (of: string, set: string): string =>
  `update ${table} c set stream_version = a.version, ${set}
     from ${of} where c.command_id = a.command_id and c.stream_version < a.version`;

const statementOf = (run: readonly Change[]): Statement => {
  const { of, as, text } = kinds[run[0]?.kind ?? 'ended']; // A run has one at least.
  const columns = of.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
  return {
    text: text(`unnest(${columns}) as a(${as})`),
    parameters: of.map((_, index) => run.map(({ values }) => values[index] ?? null)),
  };
};
