/** What the page on rights in Mosquitto tells its reader to type does what it says, at a real one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { dynamicSecurityMissing, mosquittoWithRights } from '@plenum/local-mosquitto/testing';
import mqtt from 'mqtt';

const page = readFileSync(
  path.resolve(import.meta.dirname, '../../docs/how-to/give-devices-their-rights-in-mosquitto.md'),
  'utf8',
);

it('a broker that is set up by the page lets Plenum read and command', {
  skip: dynamicSecurityMissing,
  timeout: 60_000,
}, async (t) => {
  const commands = /```sh\n( *ctrl\(\)[\s\S]*?)```/.exec(page)?.[1] ?? assert.fail('the page has no such step');
  for (const line of ['plugin /', 'plugin_opt_config_file /']) assert.ok(page.includes(line), line);
  const { url, port, administrator } = await mosquittoWithRights(t, { settings: ['allow_anonymous false'] });
  const typed = commands.replaceAll('1883', String(port)).replaceAll('plenum-admin', administrator.username);
  const env = { ...process.env, MQTT_DYNSEC_PASSWORD: administrator.password, MQTT_PASSWORD: 'of plenum' };
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-e', '-c', typed], { env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(`${stdout}${stderr}`, /error/i);
  const client = await mqtt.connectAsync(url, { username: 'plenum', password: 'of plenum', protocolVersion: 5 });
  t.after(() => client.endAsync(true));
  const granted = await client.subscribeAsync('ceiling/#', { qos: 1 });
  assert.equal(granted[0]?.qos, 1);
  await client.publishAsync('ceiling/commands/a', '{}', { qos: 1 });
  await assert.rejects(client.publishAsync('ceiling/nodes/a/status', '{}', { qos: 1 }), { code: 0x87 });
  await assert.rejects(client.subscribeAsync('#'));
});
