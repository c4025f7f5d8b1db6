/** What somebody changes at a real Mosquitto, and what a failure leaves half done there, is put right. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrokerCommand } from '@plenum/device';
import { dynamicSecurityMissing } from '@plenum/local-mosquitto/testing';
import { atBrokerAs, closedAfterMs, publishedBy } from '../testing/broker-client.ts';
import { rightsSite } from '../testing/rights-site.ts';
import type { KeepingRights } from './keep-rights.ts';

const options = { skip: dynamicSecurityMissing, timeout: 60_000 };
const role = 'plenum-node/a';
const wide = {
  acltype: 'publishClientSend',
  topic: 'ceiling/sensors/b_humidity/data',
  allow: true,
  priority: 0,
} as const;

describe('rights that somebody changes at the broker', () => {
  it('are put right, whatever it was, and what is the operator’s own stays', options, async (t) => {
    const site = await rightsSite(t);
    await site.enrol('a', ['humidity']);
    const key = await site.issueKey('a');
    await site.setCertificate('a', 'a.site');
    const wanted = await site.operator.list();
    const [{ acls } = assert.fail()] = wanted.roles.filter(({ rolename }) => rolename === role);
    const keeping = await site.keeping({ compareMs: 20 });
    const client = { clientid: 'a', textname: role, groups: [] } as const;
    const stranger = { ...client, command: 'createClient', password: 'p', roles: [{ rolename: role }] } as const;
    const ofKey = { ...client, command: 'modifyClient', username: key.userName } as const;
    const changes: readonly (readonly [by: readonly BrokerCommand[], repairs: readonly BrokerCommand['command'][]])[] =
      [
        [[{ command: 'modifyRole', rolename: role, acls: [...acls, wide] }], ['modifyRole']],
        [[{ command: 'modifyRole', rolename: role, acls: [] }], ['modifyRole']],
        [[{ command: 'createRole', rolename: 'plenum-node/b', acls: [wide] }], ['deleteRole']],
        [[{ ...stranger, username: 'a/ffffffff' }], ['deleteClient']],
        [[{ ...stranger, username: 'b/ffffffff' }], ['deleteClient']],
        [[{ ...stranger, username: 'another' }], ['deleteClient']],
        [[{ command: 'deleteClient', username: 'a.site' }], ['createClient']],
        [[{ command: 'disableClient', username: key.userName }], ['enableClient']],
        [[{ ...ofKey, roles: [{ rolename: 'admin' }] }], ['modifyClient']],
        [[{ ...ofKey, clientid: 'b', roles: [{ rolename: role }] }], ['modifyClient']],
        [
          // Mosquitto 2.0 forgets to take a role that is deleted from clients that have it, and may crash by that.
          [
            { ...ofKey, roles: [] },
            { ...ofKey, username: 'a.site', roles: [] },
            { command: 'deleteRole', rolename: role },
          ],
          ['createRole', 'modifyClient', 'modifyClient'],
        ],
      ];
    await sawAll(keeping);
    for (const [by, repairs] of changes) {
      const before = driftOf(keeping);
      assert.deepEqual(
        await site.operator.run(by),
        by.map(() => undefined),
      );
      await sawAll(keeping);
      assert.deepEqual(plus(before, repairs), driftOf(keeping), JSON.stringify(by));
      assert.deepEqual(sorted(await site.operator.list()), sorted(wanted), JSON.stringify(by));
    }
    const here = await atBrokerAs(site.broker.port, key);
    assert.equal(await publishedBy(here, 'ceiling/sensors/a_humidity/data'), 'taken');
    assert.equal(await publishedBy(here, wide.topic), 'denied');
    await here.endAsync(true);
  });

  it('end connections that come by them', options, async (t) => {
    const site = await rightsSite(t);
    await site.enrol('a', ['humidity']);
    const key = { nodeId: 'a', userName: 'a/ffffffff', key: 'p' };
    const made = { clientid: 'a', textname: '', groups: [], roles: [{ rolename: 'plenum' }] } as const;
    await site.operator.run([{ command: 'createClient', username: key.userName, password: 'p', ...made }]);
    const closed = closedAfterMs(await atBrokerAs(site.broker.port, key));
    await site.keeping();
    await closed;
    await assert.rejects(atBrokerAs(site.broker.port, key));
  });

  it(
    'cannot be given again where a password was lost, which is counted until the key is revoked',
    options,
    async (t) => {
      const site = await rightsSite(t);
      await site.enrol('a', ['humidity']);
      const [lost, kept] = [await site.issueKey('a'), await site.issueKey('a')];
      const keeping = await site.keeping({ compareMs: 20, missingMs: 20 });
      await sawAll(keeping);
      assert.equal(keeping.counts().keysMissing, 0);
      await site.operator.run([{ command: 'deleteClient', username: lost.userName }]);
      await until(() => keeping.counts().keysMissing === 1);
      assert.deepEqual(
        (await site.keysOf('a')).length,
        2,
        'nothing is decided of it: a broker may be given a copy of its file again',
      );
      await (await atBrokerAs(site.broker.port, kept)).endAsync(true);
      await site.revokeKey(lost);
      await until(() => keeping.counts().keysMissing === 0);
    },
  );

  it('are those that were decided while the broker was away, or nobody kept them', options, async (t) => {
    const site = await rightsSite(t);
    await site.enrol('a', ['humidity']);
    const [one, other] = [await site.issueKey('a'), await site.issueKey('a')];
    const keeping = await site.keeping({ compareMs: 60_000 });
    await sawAll(keeping);
    await site.broker.stop();
    await site.revokeKey(one);
    await site.broker.start();
    for (;;) {
      const client = await atBrokerAs(site.broker.port, one).catch(() => undefined);
      if (client === undefined) break;
      await client.endAsync(true);
    }
    await keeping.close();
    await site.revokeKey(other);
    await (await atBrokerAs(site.broker.port, other)).endAsync(true);
    await sawAll(await site.keeping());
    await assert.rejects(atBrokerAs(site.broker.port, other));
  });
});

describe('a key that is issued while the broker does not answer', () => {
  it('is revoked, and the broker keeps nothing of it when it answers again', options, async (t) => {
    const site = await rightsSite(t);
    await site.enrol('a', ['humidity']);
    const keeping = await site.keeping({ compareMs: 20 });
    await sawAll(keeping);
    const impatient = await site.rights(300);
    await impatient.list();
    site.broker.freeze();
    const issued = await site.issue('a', impatient);
    assert.equal(issued.outcome, 'not-provisioned');
    assert.deepEqual(await site.keysOf('a'), []);
    site.broker.thaw();
    await sawAll(keeping);
    const { clients } = await site.operator.list();
    assert.deepEqual(clients.map(({ username }) => username).sort(), ['admin', 'plenum']);
    await site.issueKey('a');
  });
});

/** A comparison that began after this was called has ended. */
const sawAll = async (keeping: KeepingRights): Promise<void> => {
  const { comparisons } = keeping.counts();
  await until(() => keeping.counts().comparisons >= comparisons + (comparisons === 0 ? 1 : 2));
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

type Drift = Readonly<Record<string, number>>;

const driftOf = (keeping: KeepingRights): Drift =>
  Object.fromEntries(
    keeping.counts().changes.flatMap(({ cause, change, count }) => (cause === 'drift' ? [[change, count]] : [])),
  );

const plus = (before: Drift, repairs: readonly string[]): Drift => {
  const after: Record<string, number> = { ...before };
  for (const change of repairs) after[change] = (after[change] ?? 0) + 1;
  return after;
};

type Listed = Awaited<ReturnType<Awaited<ReturnType<typeof rightsSite>>['operator']['list']>>;

const sorted = ({ roles, clients }: Listed) => ({
  roles: roles
    .map(({ rolename, acls }) => [rolename, ...acls.map((acl) => JSON.stringify(acl)).sort()].join(' '))
    .sort(),
  clients: clients.map((client) => JSON.stringify(client)).sort(),
});
