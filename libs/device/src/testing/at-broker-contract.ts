/** What every broker that keeps the rights of nodes does, and what the one in memory does as well. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AtBroker } from '../broker/at-broker.ts';
import { nodeRepair } from '../broker/node-repair.ts';
import type { BrokerCommand } from '../broker/repair.ts';
import { isOurClient, isOurRole, nodeRole, type RightsAtBroker, wantedAtBroker } from '../broker/rights-at-broker.ts';

/** A broker that has nothing of ours yet. Ends with the test. */
export type OpenAtBroker = (t: TestContext) => Promise<AtBroker>;

const node = {
  ...{
    node_id: 'a',
    sensors: ['humidity', 'door-3'],
    keys: { '0000000a': 'hash' },
    certificate: 'a.site',
    disabled: true,
  },
};
const passwords = new Map([['a/0000000a', 'secret']]);
const nothing: RightsAtBroker = { roles: [], clients: [] };
const wanted = wantedAtBroker(node);
const names = { rolenames: [nodeRole('a'), nodeRole('b')], usernames: ['a/0000000a', 'a.site', 'b/0000000b'] };

export const atBrokerContract = (
  name: string,
  open: OpenAtBroker,
  options: { readonly skip?: string | false; readonly timeout?: number } = {},
): void => {
  describe(`rights at ${name}`, options, () => {
    it('are those that a repair leads to, and no more is to do then', async (t) => {
      const broker = await open(t);
      assert.deepEqual(await broker.get(names), nothing);
      const { commands } = nodeRepair({ nodeId: 'a', node, found: nothing, passwords });
      const answers = await broker.run(commands);
      assert.deepEqual(
        answers,
        commands.map(() => undefined),
      );
      const found = await broker.get(names);
      assert.deepEqual(sorted(found), sorted(wanted));
      assert.deepEqual(nodeRepair({ nodeId: 'a', node, found }).commands, []);
      assert.deepEqual(sorted(ours(await broker.list())), sorted(wanted));

      const enabled = { ...node, disabled: false, sensors: ['humidity'] };
      await broker.run(nodeRepair({ nodeId: 'a', node: enabled, found }).commands);
      assert.deepEqual(sorted(await broker.get(names)), sorted(wantedAtBroker(enabled)));
      await broker.run(nodeRepair({ nodeId: 'a', node: undefined, found }).commands);
      assert.deepEqual(ours(await broker.list()), nothing);
    });

    it('are listed whole, however many there are', async (t) => {
      const broker = await open(t);
      const many = Array.from({ length: 31 }, (_, n) => ({
        ...node,
        node_id: `n${n}`,
        keys: {},
        certificate: `c${n}`,
      }));
      const commands = many.flatMap((one) => nodeRepair({ nodeId: one.node_id, node: one, found: nothing }).commands);
      await broker.run(commands);
      const found = ours(await broker.list());
      const all = many.map(wantedAtBroker);
      assert.deepEqual(
        sorted(found),
        sorted({ roles: all.flatMap(({ roles }) => roles), clients: all.flatMap(({ clients }) => clients) }),
      );
    });

    it('say of each command why it was not carried out, and go on', async (t) => {
      const broker = await open(t);
      const role: BrokerCommand = { command: 'createRole', rolename: nodeRole('a'), acls: [] };
      const client: BrokerCommand = {
        ...{ username: 'a/0000000a', password: 'p', clientid: 'a', textname: nodeRole('a') },
        ...{ command: 'createClient', roles: [{ rolename: nodeRole('a') }], groups: [] },
      };
      const asked: readonly (readonly [command: BrokerCommand, problem: string | undefined])[] = [
        [{ command: 'deleteRole', rolename: nodeRole('a') }, 'Role not found'],
        [role, undefined],
        [role, 'Role already exists'],
        [{ command: 'deleteClient', username: 'a/0000000a' }, 'Client not found'],
        [{ command: 'disableClient', username: 'a/0000000a' }, 'Client not found'],
        [client, undefined],
        [client, 'Client already exists'],
        // In this order: Mosquitto 2.0 forgets to take a role that is deleted from the clients that have it.
        [{ command: 'deleteClient', username: 'a/0000000a' }, undefined],
        [{ command: 'deleteRole', rolename: nodeRole('a') }, undefined],
      ];
      const answers = await broker.run(asked.map(([command]) => command));
      assert.deepEqual(
        answers,
        asked.map(([, problem]) => problem),
      );
      assert.deepEqual(await broker.get(names), nothing);
    });
  });
};

const ours = ({ roles, clients }: RightsAtBroker): RightsAtBroker => ({
  roles: roles.filter(isOurRole),
  clients: clients.filter(isOurClient),
});

/** Neither side says in which order they stand. */
const sorted = ({ roles, clients }: RightsAtBroker) => ({
  roles: roles
    .map(({ rolename, acls }) => ({
      rolename,
      acls: acls.map(({ acltype, topic, allow, priority }) => `${acltype} ${topic} ${allow} ${priority}`).sort(),
    }))
    .sort((one, other) => (one.rolename < other.rolename ? -1 : 1)),
  clients: [...clients].sort((one, other) => (one.username < other.username ? -1 : 1)),
});
