/** `plenum simulate` as a process of its own, at a site where every node has to sign in. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { startProgram } from '@plenum/runtime/testing';
import { plenumUp, type Running } from '../testing/plenum-up.ts';
import { lastLine, plenumEnvironment, plenumMain, runPlenum } from '../testing/run-plenum.ts';

test('nodes sign in with keys of their own, and answer commands as they are told to', async (t) => {
  const place = { PLENUM_DATA_DIR: testDirectory(t), MQTT_ANONYMOUS: 'false' };
  const up = await plenumUp(t, place);
  const keyOf = async (permissions: string): Promise<string> => {
    const words = ['keys', 'issue', '--name', 'simulator', '--role', 'guest', '--permissions', permissions, '--json'];
    const issued = await runPlenum(place, words);
    assert.equal(issued.code, 0, issued.stderr);
    const file = path.join(place.PLENUM_DATA_DIR, `${permissions.replaceAll(/\W/g, '-')}.key`);
    await writeFile(file, issued.stdout, { mode: 0o600 });
    return file;
  };
  const [good, poor] = [
    await keyOf('write:nodes,write:commands,read:commands,read:quarantine'),
    await keyOf('read:sensors'),
  ];
  const keys = path.join(place.PLENUM_DATA_DIR, 'nodes.keys');
  const words = ['simulate', '--url', up.mqttUrl, '--api', up.apiUrl, '--nodes', '3', '--malformed', '0', '--json'];
  const simulate = (...more: readonly string[]) => runPlenum(place, [...words, ...more]);

  const strange = await simulate('--messages', '10');
  assert.equal(strange.code, 1, strange.stdout);
  assert.match(strange.stderr, /does not let in 3 of 3 nodes, .*With --enrol nodes sign in\.\n$/);
  const forbidden = await simulate('--messages', '10', '--enrol', '--api-key', poor);
  assert.match(forbidden.stderr, /with 403: .*permission write:nodes/);

  const running = startProgram(t, {
    words: [plenumMain, ...words, '--rate', '5', '--enrol', '--api-key', good, '--keys', keys, '--answering', 'twice'],
    env: plenumEnvironment(place),
  });
  const secret = String(JSON.parse(await readFile(good, 'utf8')).secret);
  await running.until((_, said) => (said.includes('3 nodes are enrolled, and got 3 keys') ? true : undefined));
  assert.equal(await commanded(up, secret, 'ceiling_node_002'), 'succeeded');
  running.process.kill('SIGINT');
  assert.deepEqual(await running.exited, [0, null]);
  const outcome = lastLine({ stdout: running.stdout() });
  assert.equal(outcome.unacknowledged, 0);
  const answered = { prompt: 0, slow: 0, never: 0, twice: 1, error: 0, expired: 0 };
  assert.deepEqual(outcome.commands, { received: 1, again: 0, executed: 1, answered, answers: 2 });
  assert.equal((await stat(keys)).mode & 0o777, 0o600);

  const again = await simulate('--messages', '60', '--keys', keys);
  assert.deepEqual([again.code, lastLine(again).acknowledged], [0, 60], again.stderr);
  const kept = (await readFile(keys, 'utf8')).trim().split('\n');
  assert.equal(kept.length, 3);
  const secrets = [secret, ...kept.map((line) => String(JSON.parse(line).key))];
  const said = [running.stdout(), running.stderr(), again.stdout, again.stderr, forbidden.stderr].join('');
  assert.ok(
    secrets.every((one) => /^[0-9a-f]{64}$/.test(one) && !said.includes(one)),
    'a key is shown',
  );
  // A second answer may come to nothing; besides, nobody published what it may not.
  assert.deepEqual(
    (await refusals(up, secret)).filter((reason) => reason !== 'answer-not-now'),
    [],
  );

  const { key_id } = JSON.parse(kept[0] ?? '');
  const revoked = await runPlenum(place, ['nodes', 'key', 'revoke', '--node', 'ceiling_node_001', '--key', key_id]);
  assert.equal(revoked.code, 0, revoked.stderr);
  const refused = await simulate('--messages', '60', '--keys', keys);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /does not let in 1 of 3 nodes, such as ceiling_node_001: .*in \S+nodes\.keys may be revoked/,
  );
  await up.stop();
  const alone = await simulate('--messages', '10', '--enrol', '--api-key', good);
  assert.match(alone.stderr, /^plenum: no API answers at http/);
});

/** The state in which it has ended. */
const commanded = async ({ apiUrl }: Running, secret: string, target: string): Promise<string> => {
  const response = await fetch(`${apiUrl}/api/v1/commands`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ target, command: 'calibrate' }),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { readonly state: string }).state; // As the route declares it.
};

/** Why messages are in quarantine. */
const refusals = async ({ apiUrl }: Running, secret: string): Promise<readonly string[]> => {
  const response = await fetch(`${apiUrl}/api/v1/quarantine`, { headers: { 'x-api-key': secret } });
  assert.equal(response.status, 200);
  const { items } = (await response.json()) as { readonly items: readonly { readonly reason: string }[] }; // Likewise.
  return items.map(({ reason }) => reason);
};
