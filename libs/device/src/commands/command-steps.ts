/** What became of each command, step by step, with what each step rests on. */
import { type Event, formatTimeUs } from '@plenum/event';
import { type DecidedEntry, decidedColumns, defineFold, defineTable, placeOf, type RowOf } from '@plenum/read-model';
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
} from './command-events.ts';

export const commandStepsTable = defineTable({
  name: 'command_steps',
  about: 'Every step of every command to a node: what, when, and the evidence for it.',
  columns: {
    ...decidedColumns,
    command_id: { type: 'text', about: 'Which command.' },
    what: {
      type: 'text',
      about:
        'requested, accepted, sent, not-taken, delivered, executing, succeeded, failed, unanswered, expired or cancelled.',
    },
    at: { type: 'timestamptz', about: 'When.' },
    said: { type: 'jsonb', about: 'The evidence: all that was recorded and is not in the row of the command.' },
  },
  key: ['command_id', 'stream_version'],
});

export type CommandStepsRow = RowOf<typeof commandStepsTable>;

const words: Readonly<Record<string, string>> = {
  [CommandRequested.type]: 'requested',
  [CommandAccepted.type]: 'accepted',
  [CommandSent.type]: 'sent',
  [CommandNotTaken.type]: 'not-taken',
  [CommandDelivered.type]: 'delivered',
  [CommandExecuting.type]: 'executing',
  [CommandSucceeded.type]: 'succeeded',
  [CommandFailed.type]: 'failed',
  [CommandUnanswered.type]: 'unanswered',
  [CommandExpired.type]: 'expired',
  [CommandCancelled.type]: 'cancelled',
};

export const commandSteps = defineFold<DecidedEntry, CommandStepsRow>({
  table: commandStepsTable,
  keyOf: ({ id, version }) => ({ command_id: id, stream_version: version }),
  fold: (_, entry) => ({
    ...placeOf(entry),
    ...{ command_id: entry.id, what: words[entry.event.type] ?? entry.event.type },
    at: entry.event.effectiveTimeUs,
    said: saidIn(entry.event),
  }),
});

/** Which command it is is in the key; what to do, for whom, and what was given back is in the row of the command. */
const saidIn = ({ data }: Event): string => {
  const {
    command_id: _,
    node_id: __,
    parameters: ___,
    result: ____,
    ...said
  } = data as Readonly<Record<string, unknown>>; // Events are records.
  return JSON.stringify(said, (name, value: unknown) =>
    typeof value === 'number' && times.has(name) ? formatTimeUs(value) : value,
  );
};

/** Fields of these events that are microseconds since 1970. */
const times: ReadonlySet<string> = new Set(['expires_at', 'retry_at', 'answer_by']);
