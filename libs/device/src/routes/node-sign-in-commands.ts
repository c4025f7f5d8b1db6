/** Commands about what nodes sign in with. */
import type { NotDone, Receipt } from '@plenum/event';
import { commandsOf, Problem, type Route, textOrNull } from '@plenum/http';
import { Type } from 'typebox';
import { assignCertificate } from '../issuing/assign-certificate.ts';
import { issueKey, type NotProvisioned } from '../issuing/issue-key.ts';
import { revokeNodeKey, setNodeCertificate } from '../nodes/node-commands.ts';
import type { NewNodeKey } from '../nodes/node-keys.ts';
import { nodeUserName } from '../nodes/node-user-name.ts';
import { type DeviceServices, provisioningOf } from '../services.ts';
import { name, ofNodes } from './node-commands.ts';

const newCertificate = Type.Object(
  { subject: name('The common name of its subject.', 64) },
  { additionalProperties: false, title: 'NodeCertificate' },
);

const issued = {
  name: 'IssuedNodeKey',
  fields: {
    key_id: textOrNull({ description: 'Which of its keys; null when asked again.' }),
    user_name: textOrNull({
      description:
        'Its MQTT user name with this key at every way in, `node_id/key_id`; null when asked again. At the listener of Plenum ' +
        'itself, `node_id` alone is taken, too, with any of its keys.',
    }),
    key: textOrNull({
      description: '64 hexadecimal digits, its MQTT password; shown this once, null when asked again.',
    }),
  },
  of: (done: Issued) => {
    if (done.outcome !== 'done' || done.made === undefined) return { key_id: null, user_name: null, key: null };
    const { keyId, key } = done.made;
    return { key_id: keyId, user_name: nodeUserName(done.id, keyId), key };
  },
};

/** Only the command that has just made it has a key to give. */
type Issued = (Receipt & { readonly made: NewNodeKey | undefined }) | NotDone;

/** @throws Problem */
const unlessNotProvisioned = <Done extends Receipt | NotDone>(done: Done | NotProvisioned): Done => {
  if (done.outcome === 'not-provisioned') throw new Problem('not-provisioned', done.reason);
  return done;
};

export const nodeSignInCommands = (services: DeviceServices): readonly Route[] => {
  const { handle, nodeKeys } = services;
  const issuing = { handle, nodeKeys, provisioning: provisioningOf(services) };
  const { about } = commandsOf({ ...services, ...ofNodes });
  return [
    about(
      { at: '/keys' },
      {
        operationId: 'issueNodeKey',
        summary: 'A new key of a node, shown once',
        description:
          'It signs in with its node id as MQTT client id, `user_name`, and the key as password. Two keys may be valid at a time. ' +
          'A broker in between is given it before it is shown; if that fails, it is revoked (503, `not-provisioned`).',
        answer: issued,
        run: async ({ params: { id } }, metadata): Promise<Issued> =>
          unlessNotProvisioned(await issueKey(issuing, id, metadata)),
      },
    ),
    about(
      { method: 'DELETE', at: '/keys/:key', named: { key: name('Which of its keys.', 8) } },
      {
        operationId: 'revokeNodeKey',
        summary: 'Revoke a key of a node, for ever',
        description: 'A connection that signed in with it ends.',
        run: ({ params: { id, key } }, metadata) =>
          handle(revokeNodeKey(id, { keyId: key, reason: 'revoked', actor: metadata.actor }), metadata),
      },
    ),
    about(
      { method: 'PUT', at: '/certificate' },
      {
        operationId: 'setNodeCertificate',
        summary: 'Say which client certificate a node signs in with',
        body: newCertificate,
        run: async ({ params: { id }, body: { subject } }, metadata) =>
          unlessNotProvisioned(await assignCertificate(issuing, { nodeId: id, subject }, metadata)),
      },
    ),
    about(
      { method: 'DELETE', at: '/certificate' },
      {
        operationId: 'removeNodeCertificate',
        summary: 'Let a node sign in with no certificate any more',
        run: ({ params: { id } }, metadata) =>
          handle(setNodeCertificate(id, { subject: undefined, actor: metadata.actor }), metadata),
      },
    ),
  ];
};
