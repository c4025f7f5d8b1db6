/** A new key of a node, which opens something only once every place that has to know it does. */
import type { Command, CommandMetadata, NotDone, Receipt } from '@plenum/event';
import { type Provisioned, type Provisioning, provision } from '../broker/provision.ts';
import { issueNodeKey, revokeNodeKey } from '../nodes/node-commands.ts';
import type { NewNodeKey, NodeKeys } from '../nodes/node-keys.ts';
import { nodeUserName } from '../nodes/node-user-name.ts';

export type IssuingParts = {
  /** @throws TransientFailure: the same may be asked again, with the same id. */
  readonly handle: (command: Command, metadata: CommandMetadata) => Promise<Receipt | NotDone>;
  readonly nodeKeys: NodeKeys;
  /** A broker that keeps passwords of its own; `undefined` where there is none. */
  readonly provisioning: Provisioning | undefined;
};

/** Nobody was given the key, and it is revoked. */
export type NotProvisioned = { readonly outcome: 'not-provisioned'; readonly reason: string };

export type IssuedKey =
  /** Only the command that has just made it has a key to give: `undefined` when asked again. */
  (Receipt & { readonly made: NewNodeKey | undefined }) | NotDone | NotProvisioned;

/**
 * The broker is given the key once it is decided; if that fails, the key is revoked. Who is killed in between leaves a key that
 * nobody was given, and that the broker does not have.
 * @throws what `handle` and the reads throw.
 */
export const issueKey = async (parts: IssuingParts, nodeId: string, metadata: CommandMetadata): Promise<IssuedKey> => {
  const { handle, nodeKeys, provisioning } = parts;
  const { actor } = metadata;
  const made = nodeKeys.make();
  const { key, keyId, keyHash } = made;
  const done = await handle(issueNodeKey(nodeId, { keyId, keyHash, actor }), metadata);
  if (done.outcome !== 'done') return done;
  // The version that was asked for was that of the issue. With the same id, so that it is known when the issue is asked again.
  const { expectedVersion: _asked, ...unversioned } = metadata;
  const revoke = () => handle(revokeNodeKey(nodeId, { keyId, reason: 'not-provisioned', actor }), unversioned);
  if (provisioning === undefined) return { ...done, made: done.how === 'recorded' ? made : undefined };
  if (done.how !== 'recorded') {
    // There is no key of this id, so this is done only where it was done before.
    return (await revoke()).outcome === 'done' ? wasRevoked : { ...done, made: undefined };
  }
  const userName = nodeUserName(nodeId, keyId);
  const provisioned = await provision(provisioning, { nodeId, userName, password: key });
  if (provisioned.outcome === 'provisioned') return { ...done, made };
  await revoke();
  return { outcome: 'not-provisioned', reason: `${whyNot(provisioned)}: the new key is revoked again.` };
};

const wasRevoked: NotProvisioned = {
  outcome: 'not-provisioned',
  reason: 'The MQTT broker did not take the key that this request asked for, and it is revoked. Ask for another one.',
};

/** Without an end. */
export const whyNot = (provisioned: Exclude<Provisioned, { readonly outcome: 'provisioned' }>): string =>
  provisioned.outcome === 'away'
    ? 'The MQTT broker does not answer'
    : `The MQTT broker did not take it (${provisioned.reason})`;
