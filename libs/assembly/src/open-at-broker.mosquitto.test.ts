/** What the plugin of a real Mosquitto says and does is what the port promises; a connection that is lost is made anew. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { ConfigError, readConfig } from '@plenum/config';
import { atBrokerContract } from '@plenum/device/testing';
import { dynamicSecurityMissing, type MosquittoWithRights, mosquittoWithRights } from '@plenum/local-mosquitto/testing';
import { TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { brokerSettings } from './broker-settings.ts';
import { openAtBroker } from './open-at-broker.ts';

const options = { skip: dynamicSecurityMissing, timeout: 60_000 };

atBrokerContract(
  'a Mosquitto with its plugin',
  async (t) => (await opened(t, await mosquittoWithRights(t))).atBroker,
  options,
);

it('fails transiently while the broker is away, and goes on with it', options, async (t) => {
  const broker = await mosquittoWithRights(t);
  const { atBroker } = await opened(t, broker);
  const roles = async () => (await atBroker.list()).roles.length;
  const before = await roles();
  await broker.stop('SIGKILL');
  await assert.rejects(roles, TransientFailure);
  await broker.start();
  assert.equal(await roles(), before);
  await broker.stop();
  await broker.start();
  assert.equal(await roles(), before, 'a connection that ended meanwhile is not used');
});

it('fails transiently when the broker does not know the user', options, async (t) => {
  const { url } = await mosquittoWithRights(t);
  const { atBroker } = await opened(t, { url, administrator: { username: 'admin', password: 'wrong' } });
  await assert.rejects(atBroker.list(), TransientFailure);
});

it('is nothing without settings, and says which one is missing', async () => {
  const open = (env: Readonly<Record<string, string>>) =>
    openAtBroker({ config: readConfig(brokerSettings, env), logger: silentLogger });
  assert.equal(await open({ MQTT_URL: 'mqtt://broker' }), undefined);
  const said = { MQTT_URL: 'mqtt://broker', MQTT_DYNSEC_USERNAME: 'admin', MQTT_DYNSEC_PASSWORD: 'secret' };
  for (const name of Object.keys(said)) {
    const { [name as keyof typeof said]: _, ...others } = said;
    await assert.rejects(open(others), (error) => error instanceof ConfigError && error.message.includes(name));
  }
});

const opened = async (t: TestContext, { url, administrator }: Pick<MosquittoWithRights, 'url' | 'administrator'>) => {
  const { username, password } = administrator;
  const env = { MQTT_URL: url, MQTT_DYNSEC_USERNAME: username, MQTT_DYNSEC_PASSWORD: password };
  const open = await openAtBroker({
    ...{ config: readConfig(brokerSettings, env), logger: silentLogger },
    limits: { listedMax: 10, commandsMax: 7 },
  });
  if (open === undefined) return assert.fail('there are settings');
  t.after(open.close);
  return open;
};
