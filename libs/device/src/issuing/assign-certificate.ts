/** The certificate that a node signs in with, also at a broker in between. */
import { type CommandMetadata, type NotDone, type Receipt, refused } from '@plenum/event';
import { isTaken, provision } from '../broker/provision.ts';
import { setNodeCertificate } from '../nodes/node-commands.ts';
import { type IssuingParts, type NotProvisioned, whyNot } from './issue-key.ts';

/**
 * Nothing is decided while the broker does not answer. No secret is needed to give it there, so what fails later is done again:
 * by who asks again, or by the bridge.
 * @throws what `handle` and the reads throw.
 */
export const assignCertificate = async (
  { handle, provisioning }: Pick<IssuingParts, 'handle' | 'provisioning'>,
  { nodeId, subject }: { readonly nodeId: string; readonly subject: string },
  metadata: CommandMetadata,
): Promise<Receipt | NotDone | NotProvisioned> => {
  const decide = () => handle(setNodeCertificate(nodeId, { subject, actor: metadata.actor }), metadata);
  if (provisioning === undefined) return decide();
  const before = await isTaken(provisioning, subject).then(
    (taken) => (taken ? 'taken' : 'free'),
    () => 'away',
  );
  if (before === 'taken') return refused('exists', 'A client of somebody else has this name at the MQTT broker.');
  if (before === 'away') {
    return { outcome: 'not-provisioned', reason: `${whyNot({ outcome: 'away' })}: nothing is changed.` };
  }
  const done = await decide();
  if (done.outcome !== 'done') return done;
  const provisioned = await provision(provisioning, { nodeId, userName: subject });
  if (provisioned.outcome === 'provisioned') return done;
  const reason = `${whyNot(provisioned)}: it is decided, and given there as soon as it can be.`;
  return { outcome: 'not-provisioned', reason };
};
