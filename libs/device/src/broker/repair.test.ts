/** After the commands a broker has what it has to have, and all that was the operator's own. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { AuthorizedNode } from '../authorization/reads.ts';
import { type BrokerCommand, repairAtBroker } from './repair.ts';
import { type BrokerClient, isOurClient, isOurRole, type RightsAtBroker, wantedAtBroker } from './rights-at-broker.ts';

const nodeOf = (node_id: string) =>
  fc.record<AuthorizedNode>({
    node_id: fc.constant(node_id),
    sensors: fc.subarray(['humidity', 'door-3', 'temperature']),
    keys: fc.subarray(['0000000a', '0000000b']).map((ids) => Object.fromEntries(ids.map((id) => [id, 'hash']))),
    certificate: fc.constantFrom(null, `${node_id}.site`),
    disabled: fc.boolean(),
  });
const site = fc.tuple(nodeOf('a'), nodeOf('a_b')).chain((nodes) => fc.subarray(nodes));
const acl = { acltype: 'publishClientSend', topic: '#', allow: true, priority: 0 } as const;
const stray: BrokerClient = {
  ...{ username: 'a/000000ff', clientid: undefined, textname: undefined, roles: [], groups: [], disabled: false },
};
const own: RightsAtBroker = {
  roles: [{ rolename: 'admin', acls: [acl] }],
  clients: [{ ...stray, username: 'admin', roles: ['admin'] }],
};

/** What a broker may have: the rights of other times, and what somebody changed by hand. */
const found = fc
  .tuple(site, fc.subarray(['acl', 'role', 'client', 'roles-of-client', 'standing', 'operators-name']))
  .map(([nodes, changes]): RightsAtBroker => {
    const { roles, clients } = joined(nodes);
    const has = (change: (typeof changes)[number]): boolean => changes.includes(change);
    const kept = has('role') ? roles.slice(1) : roles;
    const left = clients
      .map((client) => (has('roles-of-client') ? { ...client, roles: ['admin'], groups: ['g'] } : client))
      .map((client) => (has('standing') ? { ...client, disabled: !client.disabled } : client))
      .filter(({ username }) => !has('operators-name') || username !== 'a.site');
    return {
      roles: [...own.roles, ...kept.map((role) => (has('acl') ? { ...role, acls: [...role.acls, acl] } : role))],
      clients: [
        ...own.clients,
        ...left,
        ...(has('client') ? [stray] : []),
        ...(has('operators-name') ? [{ ...stray, username: 'a.site' }] : []),
      ],
    };
  });

const joined = (nodes: readonly AuthorizedNode[]): RightsAtBroker => {
  const each = nodes.map(wantedAtBroker);
  return { roles: each.flatMap(({ roles }) => roles), clients: each.flatMap(({ clients }) => clients) };
};

it('leads to what is wanted, once, and leaves alone what is the operator’s own', () => {
  fc.assert(
    fc.property(site, found, (nodes, before) => {
      const wanted = joined(nodes);
      const certificates = new Map(
        nodes.flatMap(({ certificate }) => (certificate === null ? [] : [[certificate, undefined]])),
      );
      const { commands, missingKeys, takenNames } = repairAtBroker(wanted, before, certificates);
      const after = commands.reduce(carriedOut, before);
      const absent = new Set([...missingKeys, ...takenNames]);
      assert.deepEqual(sorted(after.roles.filter(isOurRole)), sorted(wanted.roles));
      assert.deepEqual(
        sorted(after.clients.filter(isOurClient)),
        sorted(wanted.clients.filter(({ username }) => !absent.has(username))),
      );
      assert.deepEqual(
        after.clients.filter((client) => !isOurClient(client)),
        before.clients.filter((client) => !isOurClient(client)),
      );
      assert.deepEqual(
        after.roles.filter((role) => !isOurRole(role)),
        own.roles,
      );
      assert.deepEqual(repairAtBroker(wanted, after, certificates).commands, []);
    }),
  );
});

/** A model of the plugin: what makes something that is there, or names something that is not, is an error. */
const carriedOut = (state: RightsAtBroker, asked: BrokerCommand): RightsAtBroker => {
  const { roles, clients } = state;
  if ('rolename' in asked) {
    const { rolename, command } = asked;
    assert.equal(
      roles.some((role) => role.rolename === rolename),
      command !== 'createRole',
      command,
    );
    const others = roles.filter((role) => role.rolename !== rolename);
    if (command !== 'deleteRole') return { roles: [...others, { rolename, acls: asked.acls }], clients };
    const without = clients.map((one) => ({ ...one, roles: one.roles.filter((name) => name !== rolename) }));
    return { roles: others, clients: without };
  }
  const { username, command } = asked;
  const has = clients.find((client) => client.username === username);
  assert.equal(has !== undefined, command !== 'createClient', command);
  const others = clients.filter((client) => client.username !== username);
  if (command === 'deleteClient') return { roles, clients: others };
  if (command === 'createClient' || command === 'modifyClient') {
    const names = asked.roles.map(({ rolename }) => rolename);
    for (const name of names)
      assert.ok(
        roles.some(({ rolename }) => rolename === name),
        `${command} without its role`,
      );
    const { clientid, textname, groups } = asked;
    const client = { username, clientid, textname, groups, roles: names, disabled: has?.disabled ?? false };
    return { roles, clients: [...others, client] };
  }
  return {
    roles,
    clients: has === undefined ? others : [...others, { ...has, disabled: command === 'disableClient' }],
  };
};

const sorted = (list: readonly unknown[]): readonly string[] =>
  list.map((one) => JSON.stringify(one, keysOf(one))).sort();
const keysOf = (one: unknown): string[] => [...new Set(JSON.stringify(one).match(/[a-z]+(?=":)/gi) ?? [])].sort();
