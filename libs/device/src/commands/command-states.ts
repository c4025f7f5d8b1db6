/**
 * A command's life, as one table: for every state and everything that can happen, what it comes to. It is total, it is what the
 * rules run, and the chart in the documentation is drawn from it.
 */

export const commandStates = [
  ...(['requested', 'accepted', 'sent', 'delivered', 'executing'] as const),
  ...(['succeeded', 'failed', 'unanswered', 'expired', 'cancelled'] as const),
] as const;
export type CommandState = (typeof commandStates)[number];

/** Nothing follows them. */
export const finalStates = ['succeeded', 'failed', 'unanswered', 'expired', 'cancelled'] as const;
export type FinalState = (typeof finalStates)[number];

const final: ReadonlySet<string> = new Set(finalStates);
export const isFinal = (state: CommandState): state is FinalState => final.has(state);

export const commandInputs = [
  'accept', // What it is for exists, and may be commanded.
  'claim', // A process is about to publish it.
  'not-taken', // An attempt has certainly not reached the node.
  'acknowledge', // The node's PUBACK.
  'answer-executing', // The node's own word, as the next two.
  'answer-succeeded',
  'answer-failed',
  'time-out', // It is due, and nothing has happened.
  'cancel', // Somebody takes it back.
] as const;
export type CommandInput = (typeof commandInputs)[number];

/** A state that it comes to; `stays`: nothing is recorded; else why it is refused. */
export type Outcome = CommandState | 'stays' | Refusal;

export type Refusal = 'not-sent' | 'under-way' | 'over' | 'answered' | 'not-due' | 'not-open';

type Row = Readonly<Record<CommandInput, Outcome>>;

/** Of a command that has ended. A late acknowledgement or a late word about an attempt says nothing new. */
const ended = (answered: 'answered' | 'over'): Row => ({
  accept: 'stays',
  claim: 'not-open',
  'not-taken': 'stays',
  acknowledge: 'stays',
  ...{ 'answer-executing': answered, 'answer-succeeded': answered, 'answer-failed': answered },
  'time-out': 'stays',
  cancel: 'over',
});

/** What a node says of a command that it was given. */
const answers = {
  'answer-executing': 'executing',
  'answer-succeeded': 'succeeded',
  'answer-failed': 'failed',
} as const;

const noAnswerYet = {
  'answer-executing': 'not-sent',
  'answer-succeeded': 'not-sent',
  'answer-failed': 'not-sent',
} as const;

export const commandTable: Readonly<Record<CommandState, Row>> = {
  // Of a command for several nodes, until each of them has its own.
  requested: {
    accept: 'accepted',
    claim: 'not-open',
    'not-taken': 'stays',
    acknowledge: 'stays',
    ...noAnswerYet,
    'time-out': 'stays',
    cancel: 'cancelled',
  },
  accepted: {
    accept: 'stays',
    claim: 'sent',
    'not-taken': 'stays',
    // Of an attempt that was said not to have been taken, and was: the claim behind it counts.
    acknowledge: 'stays',
    ...noAnswerYet,
    'time-out': 'expired',
    cancel: 'cancelled',
  },
  sent: {
    accept: 'stays',
    claim: 'sent',
    // Where an earlier attempt may have arrived it stays sent: the rules know that.
    'not-taken': 'accepted',
    acknowledge: 'delivered',
    ...answers,
    'time-out': 'unanswered',
    cancel: 'under-way',
  },
  delivered: {
    accept: 'stays',
    claim: 'not-open',
    'not-taken': 'stays',
    acknowledge: 'stays',
    ...answers,
    'time-out': 'unanswered',
    cancel: 'under-way',
  },
  executing: {
    accept: 'stays',
    claim: 'not-open',
    'not-taken': 'stays',
    acknowledge: 'stays',
    ...answers,
    'time-out': 'unanswered',
    cancel: 'under-way',
  },
  succeeded: ended('answered'),
  failed: ended('answered'),
  unanswered: ended('over'),
  expired: ended('over'),
  cancelled: ended('over'),
};

/** In words, for those who asked. */
export const refusalReasons: Readonly<Record<Refusal, string>> = {
  'not-sent': 'The command was never sent.',
  'under-way': 'The command is on its way to the node, or there: it cannot be taken back.',
  over: 'The command has ended already.',
  answered: 'The command was answered already.',
  'not-due': 'Its time is not over.',
  'not-open': 'The command is not one to be sent.',
};
