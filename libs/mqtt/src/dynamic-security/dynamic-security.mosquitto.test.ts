/** A real plugin carries out what it is asked to, and who may not ask hears why. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { dynamicSecurityMissing, mosquittoWithRights, testMosquitto } from '@plenum/local-mosquitto/testing';
import { brokerUrl } from '../connector/dial.ts';
import { dynamicSecurity, NoDynamicSecurity } from './dynamic-security.ts';

const options = { skip: dynamicSecurityMissing, timeout: 30_000 };

it('carries out a list of commands, and answers each', options, async (t) => {
  const admin = await dynamicSecurity(await brokerWithPlugin(t));
  t.after(admin.close);
  const role = { command: 'createRole', rolename: 'plenum-node/a', acls: [] };
  const answers = await admin.run([role, role, { command: 'listRoles' }]);
  assert.deepEqual(
    answers.map(({ command, error }) => [command, error]),
    [
      ['createRole', undefined],
      ['createRole', 'Role already exists'],
      ['listRoles', undefined],
    ],
  );
});

it(
  'says that a wrong password is refused, and that a broker without the plugin does not answer',
  options,
  async (t) => {
    const parts = await brokerWithPlugin(t);
    const wrong = { ...parts, credentials: { username: 'admin', password: 'wrong' } };
    await assert.rejects(dynamicSecurity(wrong), NoDynamicSecurity);
    const { port } = await testMosquitto(t, { tcpOnly: true });
    const without = await dynamicSecurity({ ...parts, url: brokerUrl(`mqtt://127.0.0.1:${port}`), timeoutMs: 500 });
    t.after(without.close);
    await assert.rejects(without.run([{ command: 'listRoles' }]), NoDynamicSecurity);
  },
);

const brokerWithPlugin = async (t: TestContext) => {
  const { url, administrator } = await mosquittoWithRights(t);
  return { url: brokerUrl(url), tls: {}, credentials: administrator, clientId: 'test', timeoutMs: 5000 };
};
