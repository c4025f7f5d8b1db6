/** How a command is asked for: of one node, or of those that are enrolled now of several. */
import {
  actorName,
  type Command,
  type CommandMetadata,
  type NotDone,
  type Receipt,
  type Refused,
  refused,
} from '@plenum/event';
import { everyNode, zonePrefix } from '../nodes/node-id.ts';
import { requestCommand, requestGroupCommand } from './device-commands.ts';
import type { TargetReads } from './target-reads.ts';
import { answerWithinMs, expiresInMs } from './timing.ts';

export type CommandAsked = {
  /** A node id, `all` or `zone:<zone>`; or these nodes. */
  readonly target: string | readonly string[];
  readonly command: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly expiresInMs?: number | undefined;
  readonly answerWithinMs?: number | undefined;
};

type Parts = {
  readonly targets: TargetReads;
  readonly handle: (command: Command, metadata: CommandMetadata) => Promise<Receipt | NotDone>;
  readonly newId: () => string;
  readonly clock: { nowUs(): number };
};

/** For how many nodes one command may be: all of them are in its first event. */
export const groupMax = 10_000;

/** Of the ids of its nodes together: that event has to fit into one record of the log, with the parameters. */
const idsBytesMax = 768 * 1024;

/** What a command for a list of nodes says that it is for. */
const listed = 'nodes';

/**
 * Refused with `not-found` where there is no such node, or none of that zone; with `not-now` where one that is named is
 * disabled; with `invalid` for more than `groupMax`. @throws TransientFailure
 */
export const askForCommand = async (
  { targets, handle, newId, clock }: Parts,
  asked: CommandAsked,
  metadata: CommandMetadata,
): Promise<Receipt | NotDone> => {
  const { target, command } = asked;
  const common = {
    ...{ commandId: newId(), parent: undefined, command, parameters: JSON.stringify(asked.parameters) },
    expiresAtUs: clock.nowUs() + Math.round((asked.expiresInMs ?? expiresInMs.default) * 1_000),
    answerWithinMs: Math.round(asked.answerWithinMs ?? answerWithinMs.default),
    by: actorName(metadata.actor),
  };
  const group = groupOf(target);
  if (group === undefined) {
    const nodeId = String(target); // A list is a group.
    return handle(requestCommand({ ...common, nodeId, target: nodeId, nodes: [] }), metadata);
  }
  const found = await targets.nodes(group.asked, groupMax + 1);
  const enabled = found.filter(({ disabled }) => !disabled).map(({ node_id }) => node_id);
  const problem = group.asked.nodes === undefined ? noneOf(group.target, enabled) : missing(group.asked.nodes, found);
  if (problem !== undefined) return problem;
  if (enabled.length > groupMax) return refused('invalid', `It would be for more than ${groupMax} nodes.`);
  // Ids are of ASCII characters; each has its length before it.
  if (enabled.reduce((sum, id) => sum + id.length + 2, 0) > idsBytesMax) {
    return refused('invalid', 'The ids of its nodes are too long together; command fewer at once.');
  }
  return handle(requestGroupCommand({ ...common, nodeId: undefined, target: group.target, nodes: enabled }), metadata);
};

type Group = { readonly target: string; readonly asked: Parameters<TargetReads['nodes']>[0] };

/** `undefined`: it is one node. */
const groupOf = (target: CommandAsked['target']): Group | undefined => {
  if (typeof target !== 'string') return { target: listed, asked: { nodes: target } };
  if (target === everyNode) return { target, asked: {} };
  return target.startsWith(zonePrefix) ? { target, asked: { zone: target.slice(zonePrefix.length) } } : undefined;
};

const noneOf = (target: string, nodes: readonly string[]): Refused | undefined =>
  nodes.length === 0 ? refused('not-found', `No node that may be commanded is enrolled for ${target}.`) : undefined;

type Found = Awaited<ReturnType<TargetReads['nodes']>>;

/** A list names what it is for, so it is for all of it or for nothing. */
const missing = (nodes: readonly string[], found: Found): Refused | undefined => {
  const known = new Map(found.map(({ node_id, disabled }) => [node_id, disabled]));
  const unknown = nodes.filter((node) => !known.has(node));
  if (unknown.length > 0) return refused('not-found', `Not enrolled: ${named(unknown)}.`);
  const disabled = nodes.filter((node) => known.get(node));
  return disabled.length > 0 ? refused('not-now', `Disabled: ${named(disabled)}.`) : undefined;
};

const namedMax = 20;

const named = (nodes: readonly string[]): string => {
  const first = nodes.slice(0, namedMax).join(', ');
  return nodes.length > namedMax ? `${first} and ${nodes.length - namedMax} more` : first;
};
