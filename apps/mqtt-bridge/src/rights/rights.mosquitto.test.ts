/** Who may do what at a real Mosquitto whose rights Plenum keeps, from the decision about a node to what its client hears. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { translator } from '@plenum/catalogue';
import { identities, type TopicCase, topicMatrix } from '@plenum/device/testing';
import { topicMatcher } from '@plenum/domain';
import { dynamicSecurityMissing } from '@plenum/local-mosquitto/testing';
import { atBrokerAs, closedAfterMs, publishedBy, type Said, subscribedBy } from '../testing/broker-client.ts';
import { type BrokerKey, rightsSite } from '../testing/rights-site.ts';

const options = { skip: dynamicSecurityMissing, timeout: 60_000 };
const notAuthorized = 0x87;

describe('a node at a broker whose rights Plenum keeps', () => {
  it('may do what the matrix of topics says for each identity, and nothing else', options, async (t) => {
    const site = await rightsSite(t);
    await site.bridge();
    await site.enrol('a', ['humidity']);
    // Others are there, with rights of their own.
    for (const other of ['b', 'a_b', 'a_humidity']) await site.enrol(other, ['temperature']);
    const [former, later] = [await site.issueKey('a'), await site.issueKey('a')];
    for (const other of ['b', 'a_b', 'a_humidity']) await site.issueKey(other);

    /** In this order: each of them changes what the next finds. */
    const lives: Readonly<Record<TopicCase['identity'], () => Promise<void>>> = {
      node: () => mayAll('node', former),
      rotated: () => mayAll('rotated', later),
      'rotated-away': () => endsWith(former, () => site.revokeKey(former)),
      revoked: () => endsWith(later, () => site.revokeKey(later)),
      disabled: async () => endsWith(await site.issueKey('a'), () => site.stand('a', 'disable')),
      unknown: () => refused({ ...former, nodeId: 'stranger', userName: 'stranger/00000000' }),
    };
    const mayAll = async (identity: TopicCase['identity'], key: BrokerKey): Promise<void> => {
      let client = await atBrokerAs(site.broker.port, key);
      for (const { action, topic, allowed } of casesOf(identity)) {
        const said = await (action === 'publish' ? publishedBy(client, topic) : subscribedBy(client, topic));
        assert.equal(said, allowed ? 'taken' : said === 'closed' ? 'closed' : 'denied', `${action} ${topic}`);
        if (said === 'closed') client = await atBrokerAs(site.broker.port, key);
      }
      await client.endAsync(true);
    };
    /** Nothing is said on any topic by a client that is not let in; and one that is in is so no longer. */
    const endsWith = async (key: BrokerKey, decide: () => Promise<void>): Promise<void> => {
      const closed = closedAfterMs(await atBrokerAs(site.broker.port, key));
      await decide();
      const ms = await closed;
      assert.ok(ms < 1_000, `closed after ${ms} ms`);
      await refused(key);
    };
    const refused = (key: BrokerKey) =>
      assert.rejects(atBrokerAs(site.broker.port, key), ({ code }) => code === notAuthorized);
    for (const identity of identities) {
      assert.ok(casesOf(identity).length > 50);
      await lives[identity]();
    }
    for (const { identity, allowed } of topicMatrix) {
      if (identity !== 'node' && identity !== 'rotated') assert.equal(allowed, false);
    }
  });

  it('has rights on no topic that the matrix does not know', options, async (t) => {
    const site = await rightsSite(t);
    await site.enrol('a', ['humidity']);
    await site.issueKey('a');
    const { roles } = await site.operator.get({ rolenames: ['plenum-node/a'], usernames: [] });
    const actions = { publishClientSend: 'publish', subscribeLiteral: 'subscribe', publishClientReceive: 'subscribe' };
    const known = new Set(
      topicMatrix
        .filter(({ identity, allowed }) => identity === 'node' && allowed)
        .map(({ action, topic }) => `${action} ${topic}`),
    );
    const given = new Set(
      roles.flatMap(({ acls }) =>
        acls.flatMap(({ acltype, topic }) =>
          acltype === 'unsubscribeLiteral' ? [] : [`${actions[acltype as keyof typeof actions] ?? acltype} ${topic}`],
        ),
      ),
    );
    assert.deepEqual([...given].sort(), [...known].sort());
    assert.ok(translator.topics.length >= 4);
    for (const filter of translator.topics) {
      const matches = topicMatcher(filter);
      assert.ok(
        topicMatrix.some(({ action, topic }) => action === 'publish' && matches(topic)),
        filter,
      );
    }
  });

  it(
    'is let in at the moment of issue, with that key alone, under its own client id, with no bridge there',
    options,
    async (t) => {
      const site = await rightsSite(t);
      await site.enrol('a', ['humidity']);
      const key = await site.issueKey('a');
      const client = await atBrokerAs(site.broker.port, key);
      assert.equal(await publishedBy(client, 'ceiling/sensors/a_humidity/data'), 'taken');
      const heard = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(String(payload))));
      assert.equal(await subscribedBy(client, 'ceiling/commands/a'), 'taken');
      const plenum = await atBrokerAs(site.broker.port, { nodeId: 'any', userName: 'plenum', key: 'of plenum' });
      assert.equal(await publishedBy(plenum, 'ceiling/commands/a', 'to a'), 'taken');
      assert.equal(await heard, 'to a');
      await client.endAsync(true);
      await plenum.endAsync(true);
      for (const other of [
        { ...key, nodeId: 'b' },
        { ...key, key: 'f'.repeat(64) },
        { ...key, userName: 'a' },
      ]) {
        await assert.rejects(atBrokerAs(site.broker.port, other), other.nodeId);
      }
    },
  );

  it('may what is decided of it next', options, async (t) => {
    const site = await rightsSite(t);
    await site.bridge();
    await site.enrol('a', ['humidity']);
    const key = await site.issueKey('a');
    let client = await atBrokerAs(site.broker.port, key);
    const topic = 'ceiling/sensors/a_light_level/data';
    /** The broker may end a connection whose rights change. */
    const until = async (wanted: Said): Promise<void> => {
      for (;;) {
        if (!client.connected) client = await atBrokerAs(site.broker.port, key);
        if ((await publishedBy(client, topic)) === wanted) return;
      }
    };
    await until('denied');
    await site.change('a', ['humidity', 'light_level']);
    await until('taken');
    await site.change('a', ['humidity']);
    await until('denied');
    await client.endAsync(true);
  });
});

describe('what is decided reaches connections at the broker within a second', () => {
  it('whichever bridge keeps the rights, and goes on with the other key', options, async (t) => {
    const site = await rightsSite(t);
    const first = await site.bridge();
    await compared(first);
    const second = await site.bridge();
    await site.enrol('a', ['humidity']);
    const [former, later] = [await site.issueKey('a'), await site.issueKey('a')];
    const ends = async (key: BrokerKey, decide: () => Promise<void>): Promise<void> => {
      const closed = closedAfterMs(await atBrokerAs(site.broker.port, key));
      await decide();
      const ms = await closed;
      assert.ok(ms < 1_000, `closed after ${ms} ms`);
    };
    const stays = await atBrokerAs(site.broker.port, { ...later });
    await stays.endAsync(true);
    await ends(former, () => site.revokeKey(former));
    const client = await atBrokerAs(site.broker.port, later);
    assert.equal(await publishedBy(client, 'ceiling/sensors/a_humidity/data'), 'taken');
    await client.endAsync(true);
    assert.deepEqual(
      [first, second].map(({ bridge }) => bridge.rights?.().keeps),
      [true, false],
    );

    await first.stop();
    await compared(second);
    await ends(later, () => site.stand('a', 'disable'));
    await site.stand('a', 'enable');
    await letIn(site.broker.port, later);
    await ends(later, () => site.stand('a', 'remove'));
    await assert.rejects(atBrokerAs(site.broker.port, later));
    const { clients, roles } = await site.operator.list();
    assert.deepEqual(roles.map(({ rolename }) => rolename).sort(), ['admin', 'plenum']);
    assert.deepEqual(clients.map(({ username }) => username).sort(), ['admin', 'plenum']);
  });
});

/** The bridge has compared everything once, so it keeps the rights. */
const compared = async ({ bridge }: Awaited<ReturnType<Awaited<ReturnType<typeof rightsSite>>['bridge']>>) => {
  while (bridge.rights?.().comparisons === 0) await new Promise((resolve) => setImmediate(resolve));
};

/** What was decided is heard of in a moment. */
const letIn = async (port: number, key: BrokerKey): Promise<void> => {
  for (;;) {
    const client = await atBrokerAs(port, key).catch(() => undefined);
    if (client !== undefined) return client.endAsync(true);
  }
};

const casesOf = (identity: TopicCase['identity']): readonly TopicCase[] =>
  topicMatrix.filter((one) => one.identity === identity);
