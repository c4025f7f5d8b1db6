/** Enrols the nodes of a table one after another, and says of each line what became of it. */
import type { CommandMetadata, NotDone } from '@plenum/event';
import { enrolNode } from '../nodes/node-commands.ts';
import type { NodeKeys } from '../nodes/node-keys.ts';
import type { NodeLine } from '../nodes/node-table.ts';
import { nodeUserName } from '../nodes/node-user-name.ts';
import { type IssuingParts, issueKey, type NotProvisioned } from './issue-key.ts';

export type LineResult = {
  readonly line: number;
  readonly node_id: string;
  readonly outcome: 'enrolled' | 'unchanged' | 'refused';
  /** Why it was refused, or why there is no key. */
  readonly reason: string | null;
  readonly key_id: string | null;
  readonly user_name: string | null;
  /** Shown this once. */
  readonly key: string | null;
};

export type EnrollingLines = Pick<IssuingParts, 'handle' | 'provisioning'> & {
  /** Each node that is enrolled here gets one; `undefined`: none does. */
  readonly keys: NodeKeys | undefined;
  /** Of every line: a node is in one line alone, so with the node this id names one command. */
  readonly metadata: CommandMetadata;
};

const nothing = { reason: null, key_id: null, user_name: null, key: null };

export async function* enrolLines(lines: readonly NodeLine[], asked: EnrollingLines): AsyncGenerator<LineResult> {
  for (const line of lines) yield await enrolLine(line, asked);
}

const enrolLine = async (said: NodeLine, asked: EnrollingLines): Promise<LineResult> => {
  const { handle, keys, metadata } = asked;
  const { line, nodeId } = said;
  const result = { ...nothing, line, node_id: nodeId };
  if (said.outcome === 'refused') return { ...result, outcome: 'refused', reason: said.reason };
  const { actor } = metadata;
  const done = await handle(enrolNode(nodeId, { description: said.description, orSame: true, actor }), metadata);
  if (done.outcome !== 'done') return { ...result, outcome: 'refused', reason: reasonOf(done) };
  if (done.how === 'unchanged') return { ...result, outcome: 'unchanged' };
  if (keys === undefined) return { ...result, outcome: 'enrolled' };
  const issued = await issueKey({ ...asked, nodeKeys: keys }, nodeId, metadata);
  if (issued.outcome !== 'done') return { ...result, outcome: 'enrolled', reason: reasonOf(issued) };
  if (issued.made === undefined) return { ...result, outcome: 'enrolled', reason: 'Its key was shown before.' };
  const { key, keyId } = issued.made;
  return { ...result, outcome: 'enrolled', key_id: keyId, user_name: nodeUserName(nodeId, keyId), key };
};

const reasonOf = (notDone: NotDone | NotProvisioned): string =>
  notDone.outcome === 'conflict' ? 'It changed just now: ask again.' : notDone.reason;
