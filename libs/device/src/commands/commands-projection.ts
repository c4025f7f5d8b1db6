/** Commands to nodes, each as far as it has come, and every step of it with its evidence. For people: nothing is sent from here. */
import { isEvent } from '@plenum/event';
import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
  storableText,
} from '@plenum/read-model';
import type { CommandRequestedV1 } from '../generated/schemas.ts';
import { deviceDecisionsTopic } from '../topics.ts';
import {
  CommandAccepted,
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
  commandStreamKind,
} from './command-events.ts';
import type { CommandState } from './command-states.ts';
import { commandSteps } from './command-steps.ts';

export const commandsTable = defineTable({
  name: 'commands',
  about: 'Every command to a node, or to several, and what has become of it.',
  columns: {
    ...decidedColumns,
    command_id: { type: 'text', about: 'UUID; the node is given it, too.' },
    node_id: { type: 'text', nullable: true, about: 'The node that it is for; null where it is for several.' },
    parent: { type: 'text', nullable: true, about: 'The command for several nodes that it is part of.' },
    target: { type: 'text', about: 'As asked for: a node id, `all`, `zone:<zone>`, or `nodes` for a list.' },
    nodes: { type: 'integer', nullable: true, about: 'For how many nodes it is; null where it is for one.' },
    command: { type: 'text', about: "What to do, in the device's own vocabulary." },
    parameters: { type: 'jsonb', about: 'As given.' },
    state: {
      type: 'text',
      about:
        'requested, accepted, sent, delivered, executing, succeeded, failed, unanswered, expired or cancelled. That of a ' +
        'command for several nodes is its own: what they did is in the commands that are part of it.',
    },
    requested_by: { type: 'text', about: 'Who asked for it.' },
    requested_at: { type: 'timestamptz', about: 'When.' },
    expires_at: { type: 'timestamptz', about: 'It is not sent any more from then on.' },
    answer_within_ms: { type: 'integer', about: 'So long a node that has it may say nothing.' },
    attempts: { type: 'integer', about: 'How often it was sent.' },
    is_pending: { type: 'boolean', about: 'Whether it is still open what became of the last attempt.' },
    may_have_arrived: { type: 'boolean', about: 'Whether an attempt before the last may have reached the node.' },
    replica: { type: 'text', nullable: true, about: 'The process that sent it last.' },
    sent_at: { type: 'timestamptz', nullable: true, about: 'When it was claimed to be sent, last.' },
    delivered_at: { type: 'timestamptz', nullable: true, about: 'When the node was known to have it.' },
    delivered_by: { type: 'text', nullable: true, about: 'By what: acknowledgement or answer.' },
    executing_at: { type: 'timestamptz', nullable: true, about: 'When the node said first that it is at it.' },
    ended_at: { type: 'timestamptz', nullable: true, about: 'When it came to its last state.' },
    answer_id: { type: 'text', nullable: true, about: "The event of the node's last answer." },
    detail: { type: 'text', nullable: true, about: 'What the node said last, in its own words.' },
    result: { type: 'jsonb', nullable: true, about: 'What the node gave back.' },
  },
  key: ['command_id'],
  indexes: [['node_id', 'requested_at'], ['parent', 'state'], ['requested_at']],
});

export type CommandsRow = RowOf<typeof commandsTable>;

export const commandsFold = decidedFold<CommandRequestedV1, CommandsRow>({
  table: commandsTable,
  keyOf: ({ id }) => ({ command_id: id }),
  begins: CommandRequested,
  first: (data, entry) => requested(data, entry),
  next: (row, entry) => ({ ...row, ...changeOf(row, entry), ...placeOf(entry) }),
});

const requested = (data: CommandRequestedV1, entry: DecidedEntry): CommandsRow => ({
  ...placeOf(entry),
  ...{ command_id: entry.id, node_id: data.node_id, parent: data.parent, target: data.target },
  nodes: data.node_id === undefined ? data.nodes.length : undefined,
  ...{ command: data.command, parameters: data.parameters, ...stateOf('requested') },
  ...{ requested_by: storableText(data.by), requested_at: entry.event.effectiveTimeUs },
  ...{ expires_at: data.expires_at, answer_within_ms: data.answer_within_ms },
  ...{ attempts: 0, is_pending: false, may_have_arrived: false, replica: undefined, sent_at: undefined },
  ...{ delivered_at: undefined, delivered_by: undefined, executing_at: undefined, ended_at: undefined },
  ...{ answer_id: undefined, detail: undefined, result: undefined },
});

const stateOf = (state: CommandState) => ({ state });

/** As the rules have it: `evolve` in `command-rules.ts`. */
const changeOf = (row: CommandsRow, { event }: DecidedEntry): Partial<CommandsRow> => {
  const atUs = event.effectiveTimeUs;
  if (isEvent(CommandAccepted, event)) return stateOf('accepted');
  const sent = dataIf(CommandSent, event);
  if (sent !== undefined) {
    const may_have_arrived = row.may_have_arrived || row.is_pending;
    const { attempt: attempts, replica } = sent;
    return { ...stateOf('sent'), attempts, replica, sent_at: atUs, is_pending: true, may_have_arrived };
  }
  if (isEvent(CommandNotTaken, event)) {
    return { ...stateOf(row.may_have_arrived ? 'sent' : 'accepted'), is_pending: false };
  }
  const delivered = dataIf(CommandDelivered, event);
  if (delivered !== undefined) {
    return { ...stateOf('delivered'), delivered_at: atUs, delivered_by: delivered.evidence };
  }
  const executing = dataIf(CommandExecuting, event);
  if (executing !== undefined) {
    const { answer_id, detail } = executing;
    return { ...stateOf('executing'), executing_at: row.executing_at ?? atUs, answer_id, detail };
  }
  const ended = { ended_at: atUs };
  const answered = dataIf(CommandSucceeded, event) ?? dataIf(CommandFailed, event);
  if (answered !== undefined) {
    const { answer_id, detail, result } = answered;
    return { ...stateOf(isEvent(CommandFailed, event) ? 'failed' : 'succeeded'), ...ended, answer_id, detail, result };
  }
  if (isEvent(CommandUnanswered, event)) return { ...stateOf('unanswered'), ...ended };
  if (isEvent(CommandExpired, event)) return { ...stateOf('expired'), ...ended };
  return isEvent(CommandCancelled, event) ? { ...stateOf('cancelled'), ...ended } : {};
};

export const commandsProjection = defineProjection<DecidedEntry>({
  name: 'commands',
  version: 1,
  about: 'Commands to nodes, and what became of each.',
  topics: [deviceDecisionsTopic.name],
  streams: [commandStreamKind],
  entry: decidedEntry,
  folds: [commandsFold, commandSteps],
});
