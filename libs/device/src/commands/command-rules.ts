/**
 * The rules about one command: requested, accepted, claimed, sent, answered or not. What may follow what is in the table of
 * `command-states.ts`; here is what each step records, and what it rests on. Times are microseconds since 1970.
 */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  isEvent,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
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
import { type CommandInput, type CommandState, commandTable, type Refusal, refusalReasons } from './command-states.ts';
import { leadUs, retryAtUs } from './timing.ts';

/** `undefined`: nobody asked for it. */
export type CommandSoFar =
  | {
      readonly commandId: string;
      /** None of a command for several nodes. */
      readonly nodeId: string | undefined;
      readonly state: CommandState;
      readonly expiresAtUs: number;
      readonly answerWithinUs: number;
      /** The last, counted from 1; 0 before the first. */
      readonly attempt: number;
      /** Whether the last attempt may still arrive: nobody said what became of it. */
      readonly isPending: boolean;
      /** Whether an attempt before it may have arrived. */
      readonly mayHaveArrived: boolean;
      /** When it is unanswered, once it was sent. */
      readonly answerByUs: number;
    }
  | undefined;

/** What a node said of a command. */
export type NodeAnswer = {
  readonly nodeId: string;
  readonly outcome: 'executing' | 'succeeded' | 'failed';
  readonly answerId: string;
  readonly detail: string | undefined;
  /** JSON. */
  readonly result: string | undefined;
};

export type Request = {
  readonly commandId: string;
  readonly nodeId: string | undefined;
  readonly target: string;
  readonly nodes: readonly string[];
  readonly parent: string | undefined;
  readonly command: string;
  /** JSON. */
  readonly parameters: string;
  readonly expiresAtUs: number;
  readonly answerWithinMs: number;
  readonly by: string;
};

export type CommandCommand =
  | ({ readonly do: 'request' } & Request)
  | { readonly do: 'accept' }
  | { readonly do: 'claim'; readonly attempt: number; readonly replica: string; readonly nowUs: number }
  | {
      readonly do: 'not-taken';
      readonly attempt: number;
      readonly why: 'not-connected' | 'refused' | 'late';
      readonly reason: number | undefined;
      readonly nowUs: number;
    }
  | { readonly do: 'acknowledge'; readonly nowUs: number }
  | { readonly do: 'answer'; readonly answer: NodeAnswer; readonly nowUs: number }
  | { readonly do: 'time-out'; readonly nowUs: number }
  | { readonly do: 'cancel'; readonly actor: Actor };

type Asked<Do extends CommandCommand['do']> = Extract<CommandCommand, { readonly do: Do }>;
type Known = NonNullable<CommandSoFar>;

const decide = (so: CommandSoFar, asked: CommandCommand): Decided => {
  if (asked.do === 'request') return request(so, asked);
  if (so === undefined) return refused('not-found', 'There is no such command.');
  if (asked.do === 'answer' && asked.answer.nodeId !== so.nodeId) {
    return refused('forbidden', 'The command is for another node.');
  }
  const comesTo = commandTable[so.state][inputOf(asked)];
  if (comesTo === 'stays') return decided();
  if (isRefusal(comesTo)) return refusedFor(comesTo);
  const follows = steps[asked.do] as (so: Known, asked: CommandCommand) => Decided; // Each is given what it is the step of.
  return follows(so, asked);
};

const inputOf = (asked: Exclude<CommandCommand, { readonly do: 'request' }>): CommandInput =>
  asked.do === 'answer' ? `answer-${asked.answer.outcome}` : asked.do;

const isRefusal = (outcome: string): outcome is Refusal => outcome in refusalReasons;
const refusedFor = (refusal: Refusal): Decided => refused('not-now', refusalReasons[refusal]);

/** One for a node is accepted with it: the caller sees to it that the node may be commanded. */
const request = (so: CommandSoFar, asked: Asked<'request'>): Decided => {
  if (so !== undefined) return decided(); // Its id is made of what it is part of: the same was asked for before.
  const { commandId: command_id, nodeId: node_id, target, nodes, parent, command, parameters, by } = asked;
  const requested = newEvent(CommandRequested, {
    ...{ command_id, node_id, target, nodes, parent, command, parameters, by },
    ...{ expires_at: asked.expiresAtUs, answer_within_ms: asked.answerWithinMs },
  });
  return node_id === undefined
    ? decided(requested)
    : decided(requested, newEvent(CommandAccepted, { command_id, node_id }));
};

type Steps = { readonly [Do in Exclude<CommandCommand['do'], 'request'>]: (so: Known, asked: Asked<Do>) => Decided };

const steps: Steps = {
  accept: ({ commandId: command_id, nodeId: node_id }) => decided(newEvent(CommandAccepted, { command_id, node_id })),
  claim: (so, { attempt, replica, nowUs }) => {
    if (so.nodeId === undefined) return refusedFor('not-open'); // It is sent to nobody itself.
    if (nowUs + leadUs > so.expiresAtUs) return refused('not-now', 'The command has expired, or is about to.');
    if (attempt !== so.attempt + 1) return refused('not-now', 'Another process was faster to claim it.');
    const answer_by = so.expiresAtUs + so.answerWithinUs;
    const retry_at = retryAtUs(nowUs, attempt);
    return decided(newEvent(CommandSent, { ...named(so), attempt, replica, retry_at, answer_by }));
  },
  'not-taken': (so, { attempt, why, reason, nowUs }) => {
    if (attempt !== so.attempt || !so.isPending) return decided();
    const retry_at = retryAtUs(nowUs, attempt);
    return decided(newEvent(CommandNotTaken, { ...named(so), attempt, why, reason, retry_at }));
  },
  acknowledge: (so, { nowUs }) => decided(delivered(so, 'acknowledgement', nowUs)),
  answer: (so, { answer: { outcome, answerId: answer_id, detail, result }, nowUs }) => {
    // What it says proves that it has the command, where nothing did before.
    const had = so.state === 'sent' ? [delivered(so, 'answer', nowUs)] : [];
    const answer_by = nowUs + so.answerWithinUs;
    const said = { ...named(so), answer_id, detail };
    if (outcome === 'executing') return decided(...had, newEvent(CommandExecuting, { ...said, answer_by }));
    const Ended = outcome === 'succeeded' ? CommandSucceeded : CommandFailed;
    return decided(...had, newEvent(Ended, { ...said, result }));
  },
  'time-out': (so, { nowUs }) => {
    const wasSent = so.state !== 'accepted';
    if (nowUs < (wasSent ? so.answerByUs : so.expiresAtUs)) return refusedFor('not-due');
    return wasSent
      ? decided(newEvent(CommandUnanswered, { ...named(so), after: so.state }))
      : decided(newEvent(CommandExpired, { ...named(so), attempts: so.attempt }));
  },
  cancel: ({ commandId: command_id, nodeId: node_id }, { actor }) =>
    decided(newEvent(CommandCancelled, { command_id, node_id, by: actorName(actor) })),
};

const delivered = (so: Known, evidence: 'acknowledgement' | 'answer', nowUs: number): NewEvent =>
  newEvent(CommandDelivered, { ...named(so), evidence, answer_by: nowUs + so.answerWithinUs });

/** Only commands for one node come past `accepted`, but for being cancelled. */
const named = ({ commandId: command_id, nodeId: node_id = '' }: Known) => ({ command_id, node_id });

const evolve = (so: CommandSoFar, happened: NewEvent): CommandSoFar => {
  if (isEvent(CommandRequested, happened)) {
    const { command_id: commandId, node_id: nodeId, expires_at: expiresAtUs, answer_within_ms } = happened.data;
    return {
      ...{ commandId, nodeId, state: 'requested', expiresAtUs, answerWithinUs: answer_within_ms * 1000 },
      ...{ attempt: 0, isPending: false, mayHaveArrived: false, answerByUs: 0 },
    };
  }
  return so && changedBy(so, happened);
};

const changedBy = (so: Known, happened: NewEvent): Known => {
  if (isEvent(CommandSent, happened)) {
    const { attempt, answer_by: answerByUs } = happened.data;
    const mayHaveArrived = so.mayHaveArrived || so.isPending;
    return { ...so, state: 'sent', attempt, isPending: true, mayHaveArrived, answerByUs };
  }
  if (isEvent(CommandNotTaken, happened)) {
    return { ...so, state: so.mayHaveArrived ? 'sent' : 'accepted', isPending: false };
  }
  if (isEvent(CommandDelivered, happened)) return { ...so, state: 'delivered', answerByUs: happened.data.answer_by };
  if (isEvent(CommandExecuting, happened)) return { ...so, state: 'executing', answerByUs: happened.data.answer_by };
  const state = plainly[happened.type];
  return state === undefined ? so : { ...so, state };
};

/** Events that say a state and nothing else that matters later. */
const plainly: Readonly<Record<string, CommandState>> = {
  [CommandAccepted.type]: 'accepted',
  [CommandSucceeded.type]: 'succeeded',
  [CommandFailed.type]: 'failed',
  [CommandUnanswered.type]: 'unanswered',
  [CommandExpired.type]: 'expired',
  [CommandCancelled.type]: 'cancelled',
};

export const commandRules: Decider<CommandSoFar, CommandCommand> = {
  initial: undefined,
  decide,
  evolve,
  ofInstallation: true,
};
