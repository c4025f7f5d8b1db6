/** What can be asked for about commands to nodes, as the commands that `handleCommand` takes. */
import { type Actor, type Command, command, type Decider, decided, refused } from '@plenum/event';
import { nodeStream } from '../nodes/node-events.ts';
import { type NodeState, nodeRules } from '../nodes/node-rules.ts';
import { commandStream } from './command-events.ts';
import {
  type CommandCommand,
  type CommandSoFar,
  commandRules,
  type NodeAnswer,
  type Request,
} from './command-rules.ts';

/** To one node, which has to be enrolled and not disabled. */
export const requestCommand = (asked: Request & { readonly nodeId: string }): Command => ({
  ...ofCommand(asked.commandId, { do: 'request', ...asked }),
  newId: true,
  also: () => [mayBeCommanded(asked.nodeId)],
});

/** To several: `nodes` are those that it is for. A reaction makes a command for each. */
export const requestGroupCommand = (asked: Request): Command => ({
  ...ofCommand(asked.commandId, { do: 'request', ...asked }),
  newId: true,
});

/** Those of several nodes, in one decision, which is refused when the command for all of them was taken back. @throws when there are none. */
export const requestChildren = (parent: string, children: readonly Request[]): Command =>
  together([
    ...children.map((child) => ({
      ...ofCommand(child.commandId, { do: 'request', ...child }),
      likelyNew: true as const,
    })),
    isWanted(parent),
  ]);

export const acceptCommand = (commandId: string): Command => ofCommand(commandId, { do: 'accept' });

export type Claim = { readonly commandId: string; readonly attempt: number };

/** Of one or several commands, in one decision: when one of them may not be claimed, none is. @throws when there are none. */
export const claimCommands = (
  claims: readonly Claim[],
  { replica, nowUs }: { readonly replica: string; readonly nowUs: number },
): Command =>
  together(claims.map(({ commandId, attempt }) => ofCommand(commandId, { do: 'claim', attempt, replica, nowUs })));

type NotTaken = Omit<Extract<CommandCommand, { readonly do: 'not-taken' }>, 'do'>;

export const commandNotTaken = (commandId: string, said: NotTaken): Command =>
  ofCommand(commandId, { do: 'not-taken', ...said });

/** Of several commands, in one decision. @throws when there are none. */
export const acknowledgeCommands = (commandIds: readonly string[], nowUs: number): Command =>
  together(commandIds.map((commandId) => ofCommand(commandId, { do: 'acknowledge', nowUs })));

export const answerCommand = (commandId: string, answer: NodeAnswer, nowUs: number): Command =>
  ofCommand(commandId, { do: 'answer', answer, nowUs });

export const timeOutCommand = (commandId: string, nowUs: number): Command =>
  ofCommand(commandId, { do: 'time-out', nowUs });

export const cancelCommand = (commandId: string, actor: Actor): Command =>
  ofCommand(commandId, { do: 'cancel', actor });

const ofCommand = (commandId: string, data: CommandCommand): Command =>
  command({ name: `device.${data.do}-command`, stream: commandStream(commandId), decider: commandRules, data });

const together = ([first, ...others]: readonly Command[]): Command => {
  if (first === undefined) throw new Error('nothing is asked for');
  return others.length === 0 ? first : { ...first, also: () => others };
};

/** Records nothing; refuses what rests on it. */
const isWanted = (parent: string): Command =>
  command({
    ...{ name: 'device.continue-command', stream: commandStream(parent), data: undefined },
    decider: wantedCommand,
  });

const wantedCommand: Decider<CommandSoFar, undefined> = {
  initial: commandRules.initial,
  evolve: commandRules.evolve,
  decide: (so) => (so?.state === 'cancelled' ? refused('not-now', 'The command was taken back.') : decided()),
  ofInstallation: true,
};

/** Records nothing; refuses what rests on it. */
const mayBeCommanded = (nodeId: string): Command =>
  command({
    ...{ name: 'device.command-node', stream: nodeStream(nodeId), data: undefined },
    decider: commandedNode,
  });

const commandedNode: Decider<NodeState, undefined> = {
  initial: nodeRules.initial,
  evolve: nodeRules.evolve,
  decide: (state) => {
    if (state === undefined) return refused('not-found', 'No node of this id is enrolled.');
    return state.isDisabled ? refused('not-now', 'The node is disabled.') : decided();
  },
  ofInstallation: true,
};
