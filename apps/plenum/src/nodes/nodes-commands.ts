/** `plenum nodes …`: keys, certificates and whether a node may sign in. */
import type * as Device from '@plenum/device';
import type { CommandMetadata, Command as Decision } from '@plenum/event';
import { exits, onMachine } from '../access/about.ts';
import { ordering } from '../access/options.ts';
import { defineCommand, type Surroundings } from '../command-line/command.ts';
import { requiredText } from '../command-line/options.ts';
import type { LogName } from '../command-line/stack-options.ts';

const node = requiredText('Which, by its id.', 'ID');

export const nodesKeyIssue = defineCommand({
  name: 'nodes key issue',
  summary: 'Make a key of a node, and print it once.',
  about:
    'The key, 64 hexadecimal digits, is the password of the node at MQTT. It is written to standard output this once, and kept ' +
    `nowhere. A node has two at most. ${onMachine}\n\n${exits}`,
  options: { node, ...ordering },
  examples: ['nodes key issue --node node_1'],
  run: async ({ node: id, json, ...asked }, surroundings) => {
    const [{ withAccess }, { answer }, { orRefused, withProvisioning }] = await Promise.all([
      ...([import('../access/with-access.ts'), import('../access/answer.ts')] as const),
      import('./with-provisioning.ts'),
    ]);
    const [{ issueKey, nodeUserName }, { newNodeKey }] = await Promise.all([
      ...([import('@plenum/device'), import('@plenum/credentials')] as const),
    ]);
    return withAccess(asked, surroundings, async ({ authentication: { handle }, sql }) => {
      const metadata = await metadataOf(asked);
      const ended = await withProvisioning(sql, surroundings, async (provisioning) =>
        orRefused(await issueKey({ handle, nodeKeys: { make: newNodeKey }, provisioning }, id, metadata)),
      );
      if (ended.outcome !== 'done') return answer(ended, { json, done: () => '' }, surroundings);
      const { made, ...receipt } = ended;
      const known = { json, done: () => `key of ${id} is issued`, secret: 'Key' };
      if (made === undefined) return answer(receipt, known, surroundings);
      const userName = nodeUserName(id, made.keyId);
      const shown = { ...receipt, key_id: made.keyId, user_name: userName, secret: made.key };
      const done = () => `key ${made.keyId} of ${id} is issued, with the user name ${userName}`;
      return answer(shown, { json, done, secret: 'Key' }, surroundings);
    });
  },
});

type Asked = {
  readonly log: LogName | undefined;
  readonly json: boolean;
  readonly 'command-id': string | undefined;
  readonly 'expected-version': number | undefined;
};

const metadataOf = async (asked: Omit<Asked, 'log' | 'json'>): Promise<CommandMetadata> => {
  const { newMetadata } = await import('../access/with-access.ts');
  const expectedVersion = asked['expected-version'];
  return { ...newMetadata(asked['command-id']), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
};

type Deciding = {
  readonly decision: (device: typeof Device, metadata: CommandMetadata) => Decision;
  readonly done: string;
};

/** Decides, and says how that ended. @returns the exit code */
const decide = async (asked: Asked, { decision, done }: Deciding, surroundings: Surroundings): Promise<number> => {
  const [{ withAccess }, { answer }, device] = await Promise.all([
    ...([import('../access/with-access.ts'), import('../access/answer.ts'), import('@plenum/device')] as const),
  ]);
  return withAccess(asked, surroundings, async ({ authentication }) => {
    const metadata = await metadataOf(asked);
    const ended = await authentication.handle(decision(device, metadata), metadata);
    return answer(ended, { json: asked.json, done: () => done }, surroundings);
  });
};

const about = `${onMachine}\n\n${exits}`;

export const nodesKeyRevoke = defineCommand({
  name: 'nodes key revoke',
  summary: 'End a key of a node for ever. A connection that signed in with it ends.',
  about,
  options: { node, key: requiredText('Which of its keys, by its id.', 'ID'), ...ordering },
  examples: ['nodes key revoke --node node_1 --key 1f00aa93'],
  run: ({ node: id, key: keyId, ...asked }, surroundings) =>
    decide(
      asked,
      {
        decision: ({ revokeNodeKey }, { actor }) => revokeNodeKey(id, { keyId, reason: 'revoked', actor }),
        done: `key ${keyId} of ${id} is revoked`,
      },
      surroundings,
    ),
});

export const nodesCertificateSet = defineCommand({
  name: 'nodes certificate set',
  summary: 'Say which client certificate a node signs in with.',
  about,
  options: { node, subject: requiredText('The common name of its subject.', 'NAME'), ...ordering },
  examples: ['nodes certificate set --node node_1 --subject node_1'],
  run: async ({ node: id, subject, ...asked }, surroundings) => {
    const [{ withAccess }, { answer }, { orRefused, withProvisioning }, { assignCertificate }] = await Promise.all([
      ...([import('../access/with-access.ts'), import('../access/answer.ts')] as const),
      ...([import('./with-provisioning.ts'), import('@plenum/device')] as const),
    ]);
    return withAccess(asked, surroundings, async ({ authentication: { handle }, sql }) => {
      const metadata = await metadataOf(asked);
      const ended = await withProvisioning(sql, surroundings, async (provisioning) =>
        orRefused(await assignCertificate({ handle, provisioning }, { nodeId: id, subject }, metadata)),
      );
      const done = () => `${id} signs in with the certificate of ${subject}`;
      return answer(ended, { json: asked.json, done }, surroundings);
    });
  },
});

export const nodesCertificateRemove = defineCommand({
  name: 'nodes certificate remove',
  summary: 'Let a node sign in with no certificate any more.',
  about,
  options: { node, ...ordering },
  examples: ['nodes certificate remove --node node_1'],
  run: ({ node: id, ...asked }, surroundings) =>
    decide(
      asked,
      {
        decision: ({ setNodeCertificate }, { actor }) => setNodeCertificate(id, { subject: undefined, actor }),
        done: `${id} signs in with no certificate`,
      },
      surroundings,
    ),
});

type Standing = { readonly verb: 'disable' | 'enable' | 'remove'; readonly summary: string; readonly done: string };

const standing = ({ verb, summary, done }: Standing) =>
  defineCommand({
    name: `nodes ${verb}`,
    summary,
    about,
    options: { node, ...ordering },
    examples: [`nodes ${verb} --node node_1`],
    run: ({ node: id, ...asked }, surroundings) =>
      decide(
        asked,
        { decision: ({ standNode }, { actor }) => standNode(id, { do: verb, actor }), done: `${id} ${done}` },
        surroundings,
      ),
  });

export const nodesDisable = standing({
  verb: 'disable',
  summary: 'Let a node sign in no more until it is enabled; its connection ends.',
  done: 'is disabled',
});
export const nodesEnable = standing({ verb: 'enable', summary: 'Enable a node again.', done: 'is enabled' });
export const nodesRemove = standing({
  verb: 'remove',
  summary: 'Remove a node, and its keys with it.',
  done: 'is removed',
});
