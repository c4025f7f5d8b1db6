/** What several who settle the same node come to, and what somebody hears whose key was not taken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuthorizedNode } from '../authorization/reads.ts';
import { memoryAtBroker } from '../testing/memory-at-broker.ts';
import type { AtBroker } from './at-broker.ts';
import { provision } from './provision.ts';
import { nodeRole, wantedAtBroker } from './rights-at-broker.ts';
import { settleNodes } from './settle-nodes.ts';

const node: AuthorizedNode = {
  ...{ node_id: 'a', sensors: ['humidity'], keys: { '0000000a': 'hash' }, certificate: null, disabled: false },
};
const userName = 'a/0000000a';
const readsOf = (...rows: readonly AuthorizedNode[]) => ({
  nodes: async (ids: readonly string[]) => rows.filter(({ node_id }) => ids.includes(node_id)),
});
const asked = { nodeId: 'a', userName, password: 'secret' };

describe('nodes are settled at a broker', () => {
  it('with all that is decided of them, and nothing is done twice', async () => {
    const atBroker = memoryAtBroker();
    const reads = readsOf(node);
    assert.deepEqual(await provision({ atBroker, reads }, asked), { outcome: 'provisioned' });
    assert.equal(atBroker.passwords.get(userName), 'secret');
    assert.deepEqual(
      atBroker.ran.map(({ command }) => command),
      ['createRole', 'createClient'],
    );
    const [settled] = await settleNodes({ atBroker, reads }, { nodeIds: ['a', 'a'] });
    assert.deepEqual([settled?.done, settled?.problem, settled?.missingKeys], [[], undefined, []]);
    assert.deepEqual(await atBroker.get({ rolenames: [nodeRole('a')], usernames: [userName] }), wantedAtBroker(node));
  });

  it('also while somebody else does the same', async () => {
    const broker = memoryAtBroker();
    const reads = readsOf(node);
    let others = 2;
    const atBroker: AtBroker = {
      ...broker,
      run: async (commands) => {
        others -= 1;
        if (others >= 0) await settleNodes({ atBroker: broker, reads }, { nodeIds: ['a'] });
        return broker.run(commands);
      },
    };
    assert.deepEqual(await provision({ atBroker, reads }, asked), { outcome: 'provisioned' });
  });

  it('and end with what was decided last, which is not always what was asked for', async () => {
    const atBroker = memoryAtBroker();
    const revoked = readsOf({ ...node, keys: {} });
    assert.equal((await provision({ atBroker, reads: revoked }, asked)).outcome, 'refused');
    assert.equal(atBroker.passwords.size, 0);
    const [gone] = await settleNodes({ atBroker, reads: readsOf() }, { nodeIds: ['a'] });
    assert.deepEqual(
      gone?.done.map(({ command }) => command),
      ['deleteRole'],
    );
  });

  it('each with its own problem', async () => {
    const broker = memoryAtBroker();
    const atBroker: AtBroker = {
      ...broker,
      run: async (commands) => {
        const taken = commands.filter((one) => !('rolename' in one && one.rolename === nodeRole('b')));
        const answers = [...(await broker.run(taken))];
        return commands.map((one) => (taken.includes(one) ? answers.shift() : 'Internal error'));
      },
    };
    const b = { ...node, node_id: 'b', keys: {} };
    const settled = await settleNodes({ atBroker, reads: readsOf(b, node) }, { nodeIds: ['b', 'a'] });
    assert.deepEqual(
      settled.map(({ nodeId, problem, missingKeys }) => [nodeId, problem, missingKeys]),
      [
        ['b', 'Internal error', []],
        ['a', undefined, [userName]],
      ],
    );
  });

  it('nothing of another’s: a certificate that moves goes on with its new node', async () => {
    const atBroker = memoryAtBroker();
    const [a, b] = ['a', 'b'].map((node_id) => ({ ...node, node_id, keys: {}, certificate: null }));
    assert.ok(a && b);
    await settleNodes({ atBroker, reads: readsOf({ ...a, certificate: 'cn' }, b) }, { nodeIds: ['a', 'b'] });
    const reads = readsOf(a, { ...b, certificate: 'cn' });
    await settleNodes({ atBroker, reads }, { nodeIds: ['b'] });
    await settleNodes({ atBroker, reads }, { nodeIds: ['a'], known: () => ['cn'] });
    const { clients } = await atBroker.list();
    assert.deepEqual(
      clients.map(({ username, textname }) => [username, textname]),
      [['cn', nodeRole('b')]],
    );
  });
});

describe('a key that is issued', () => {
  it('is not provisioned when the broker is away, and when it refuses', async () => {
    const atBroker = memoryAtBroker();
    atBroker.goAway();
    assert.deepEqual(await provision({ atBroker, reads: readsOf(node) }, asked), { outcome: 'away' });
    const refusing: AtBroker = { ...memoryAtBroker(), run: async (commands) => commands.map(() => 'Internal error') };
    const refused = await provision({ atBroker: refusing, reads: readsOf(node) }, asked);
    assert.equal(refused.outcome, 'refused');
  });

  it('leaves alone a client of somebody else that has the name of its certificate', async () => {
    const atBroker = memoryAtBroker();
    const own = { username: 'cn', clientid: '', textname: 'of the operator', roles: [], groups: [] } as const;
    await atBroker.run([{ command: 'createClient', ...own }]);
    const reads = readsOf({ ...node, keys: {}, certificate: 'cn' });
    const said = await provision({ atBroker, reads }, { nodeId: 'a', userName: 'cn' });
    assert.deepEqual(said, { outcome: 'refused', reason: 'a client of somebody else has its user name' });
    assert.equal((await atBroker.list()).clients[0]?.textname, own.textname);
  });
});
