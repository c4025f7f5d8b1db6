/** A command for several nodes becomes a command for each of those that it was asked for, and is accepted when all of them are. */
import { type Command, type Digest, defineReaction, isEvent, nameId } from '@plenum/event';
import { deviceDecisionsTopic } from '../topics.ts';
import { CommandRequested } from './command-events.ts';
import type { Request } from './command-rules.ts';
import { acceptCommand, requestChildren } from './device-commands.ts';

/** So many are decided together. */
const togetherMax = 250;

/** The id of one node's part of a command: made again, it is the same. */
export const childId = (sha1: Digest, parent: string, nodeId: string): string => nameId(sha1, parent, nodeId);

export const groupChildren = defineReaction({
  name: 'command-group-children',
  about: 'Makes a command for each node that a command for several is for.',
  topics: [deviceDecisionsTopic.name],
  react: (event, _, { sha1 }) => {
    if (!isEvent(CommandRequested, event) || event.data.node_id !== undefined) return [];
    const { command_id: parent, target, nodes, command, parameters, expires_at, answer_within_ms, by } = event.data;
    const children = nodes.map(
      (nodeId): Request => ({
        ...{ commandId: childId(sha1, parent, nodeId), nodeId, target, nodes: [], parent, command, parameters, by },
        ...{ expiresAtUs: expires_at, answerWithinMs: answer_within_ms },
      }),
    );
    const commands: Command[] = [];
    for (let from = 0; from < children.length; from += togetherMax) {
      commands.push(requestChildren(parent, children.slice(from, from + togetherMax)));
    }
    return [...commands, acceptCommand(parent)];
  },
});
