/** What a Mosquitto with dynamic security retains of enrolled nodes, and what comes back of it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openAtBroker } from '@plenum/assembly';
import { readConfig } from '@plenum/config';
import { dynamicSecurityMissing, mosquittoWithRights } from '@plenum/local-mosquitto/testing';
import { silentLogger } from '@plenum/runtime/testing';
import { bridgeSettings } from '../config.ts';
import { foundRetained, saysItself } from '../testing/registration-client.ts';
import { compared, outcomesOf, registrationSite, registrationsIn, until } from '../testing/registration-site.ts';
import { ownRole, ownUser } from '../testing/rights-site.ts';

const options = { skip: dynamicSecurityMissing, timeout: 60_000 };
const said = '{"location":{"x":1,"y":2,"z":3},"sensors":["humidity"],"firmware_version":"9.9.9"}';

describe('a registration at a broker', () => {
  it(
    'is there for who subscribes, is another one when the node changes, and gone when it is removed',
    options,
    async (t) => {
      const site = await siteAtBroker(t);
      const one = await site.bridge();
      await site.enrol('a');
      await until(() => outcomesOf(one).published === 1);
      const first = JSON.parse((await site.found('a')) ?? '{}');
      assert.deepEqual([first.node_id, first.sensors, first.firmware_version], ['a', ['humidity'], '1.0.0']);
      assert.deepEqual([first.location, first.capabilities], [{ x: 1, y: 2, z: 3 }, { wireless: true }]);
      await site.change('a', '2.0.0');
      await until(() => outcomesOf(one).published === 2);
      assert.equal(JSON.parse((await site.found('a')) ?? '{}').firmware_version, '2.0.0');
      await site.stand('a', 'disable');
      await until(() => outcomesOf(one).published === 3);
      assert.equal(JSON.parse((await site.found('a')) ?? '{}').status, 'offline');
      await site.stand('a', 'remove');
      await until(() => outcomesOf(one).removed === 1);
      assert.equal(await site.found('a'), undefined);
    },
  );

  it(
    'says nothing new when it comes back, nor does its removal; what a device says and takes away does',
    options,
    async (t) => {
      const site = await siteAtBroker(t);
      const one = await site.bridge();
      await site.enrol('a');
      await until(() => outcomesOf(one).published === 1);
      await site.stand('a', 'remove');
      await until(() => outcomesOf(one).removed === 1);
      await until(() => one.bridge.balance().dropped.own === 2);
      assert.deepEqual(await site.logged(), []);
      await saysItself(site.port, 'b', { ...user, payload: said });
      await saysItself(site.port, 'b', { ...user, payload: '' });
      await until(() => one.bridge.balance().appended + one.bridge.balance().quarantined === 2);
      const found = await site.logged();
      assert.deepEqual([registrationsIn(found).length, found.length], [1, 2]);
      assert.equal(one.bridge.balance().dropped.own, 2);
    },
  );

  it(
    'is published again with the same bytes by who comes after one that ended before it was remembered',
    options,
    async (t) => {
      const site = await siteAtBroker(t);
      const first = await site.bridge((reads) => ({
        ...reads,
        remember: () => Promise.reject(new Error('it ends here')),
      }));
      await site.enrol('a');
      await until(() => outcomesOf(first).published > 0);
      const before = await site.found('a');
      assert.ok(before !== undefined);
      await first.stop();
      assert.equal(await site.remembered('a'), undefined);
      const second = await site.bridge();
      await until(() => outcomesOf(second).published === 1);
      assert.equal(await site.found('a'), before);
      await until(async () => (await site.remembered('a'))?.state === 'published');
      await second.stop();
      const third = await site.bridge();
      await compared(third);
      assert.deepEqual(outcomesOf(third), { published: 0, removed: 0, left: 0, refused: 0 });
      assert.equal(await site.found('a'), before);
      assert.deepEqual(await site.logged(), []);
    },
  );

  it(
    'is not put over what a device said later, and what it said stays when the node is removed',
    options,
    async (t) => {
      const site = await siteAtBroker(t);
      const first = await site.bridge((reads) => ({
        ...reads,
        remember: () => Promise.reject(new Error('it ends here')),
      }));
      await site.enrol('a');
      await until(() => outcomesOf(first).published > 0);
      await first.stop();
      await saysItself(site.port, 'a', { ...user, payload: said });
      const listening = await site.bridge((reads) => ({ ...reads, page: async () => [], due: async () => [] }));
      await site.knowsRegistrationOf('a');
      await listening.stop();
      const second = await site.bridge();
      await until(() => outcomesOf(second).left === 1);
      assert.equal(await site.found('a'), said);
      await site.issueKey('a');
      await site.stand('a', 'remove');
      await until(async () => (await site.remembered('a'))?.digest === null);
      assert.equal(await site.found('a'), said);
      assert.deepEqual([outcomesOf(second).published, outcomesOf(second).removed], [0, 0]);
    },
  );

  it('is published by who has the session, and by the other when that one is gone', options, async (t) => {
    const site = await siteAtBroker(t);
    const first = await site.bridge();
    await compared(first);
    const second = await site.bridge();
    await site.enrol('a');
    await until(() => outcomesOf(first).published === 1);
    const keeps = () => [first, second].map(({ bridge }) => bridge.registrations?.().keeps);
    assert.deepEqual(keeps(), [true, false]);
    await first.stop();
    await compared(second);
    assert.deepEqual([keeps(), outcomesOf(second).published], [[false, true], 0]);
    await site.stand('a', 'remove');
    await until(() => outcomesOf(second).removed === 1);
    assert.equal(await site.found('a'), undefined);
  });

  it('that is being taken away when a process ends is known by the next one', options, async (t) => {
    const site = await siteAtBroker(t);
    const first = await site.bridge((reads) => ({
      ...reads,
      remember: (settled) =>
        settled.some(({ state }) => state === 'removed')
          ? Promise.reject(new Error('it ends here'))
          : reads.remember(settled),
    }));
    await site.enrol('a');
    await until(() => outcomesOf(first).published === 1);
    await until(async () => (await site.remembered('a'))?.state === 'published');
    await site.stand('a', 'remove');
    await until(() => outcomesOf(first).removed === 1);
    await first.stop();
    assert.equal((await site.remembered('a'))?.state, 'removing');
    const second = await site.bridge();
    await until(async () => (await site.remembered('a'))?.state === 'removed');
    // Here the device's own comes in the place of the one that the broker may send again.
    await saysItself(site.port, 'a', { ...user, payload: '' });
    await until(() => second.bridge.balance().dropped.own > 0);
    assert.deepEqual(await site.logged(), []);
  });

  it(
    'is refused without the right to publish it, which is counted, and published when it is there',
    options,
    async (t) => {
      const site = await siteAtBroker(t);
      const acls = ownRole.acls.filter(({ topic }) => !topic.endsWith('/registration'));
      await site.run([{ command: 'modifyRole', rolename: ownRole.rolename, acls }]);
      const one = await site.bridge();
      await compared(one);
      await site.enrol('a');
      await until(() => outcomesOf(one).refused > 0);
      assert.deepEqual([outcomesOf(one).published, await site.remembered('a')], [0, undefined]);
      assert.equal(await site.found('a'), undefined);
      await site.run([{ command: 'modifyRole', rolename: ownRole.rolename, acls: ownRole.acls }]);
      // The next comparison is a minute away, and a decision is looked at at once.
      await site.change('a', '2.0.0');
      await until(() => outcomesOf(one).published === 1);
      assert.equal(JSON.parse((await site.found('a')) ?? '{}').node_id, 'a');
    },
  );
});

const user = { username: 'plenum', password: 'of plenum' };

const siteAtBroker = async (t: TestContext) => {
  const broker = await mosquittoWithRights(t);
  const { username, password } = broker.administrator;
  const env = {
    MQTT_MODE: 'connect',
    MQTT_URL: broker.url,
    MQTT_USERNAME: user.username,
    MQTT_PASSWORD: user.password,
  };
  const config = readConfig(bridgeSettings, {
    ...{ ...env, MQTT_DYNSEC_USERNAME: username, MQTT_DYNSEC_PASSWORD: password },
  });
  const opened = await openAtBroker({ config, logger: silentLogger });
  if (opened === undefined) assert.fail('it has no dynamic security');
  t.after(opened.close);
  await opened.atBroker.run(ownUser);
  const site = await registrationSite(t, env);
  return {
    ...{ ...site, port: broker.port, run: opened.atBroker.run },
    found: (nodeId: string) => foundRetained(broker.port, nodeId, user),
  };
};
