/** Keys and certificates of nodes that sign in at a broker: it is given them when they are issued, or nobody is. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrokerCommand } from '@plenum/device';
import { memoryAtBroker } from '@plenum/device/testing';
import { accessWorld } from '../../testing/access-world.ts';

const location = { x: 1, y: 2, z: 3 };

test('a key is at the broker before it is shown, with the password that it is', async (t) => {
  const { broker, ask, keysOf } = await site(t);
  await ask('POST', '/nodes', { node_id: 'n1', location, sensors: ['humidity'] });
  const issued = await ask('POST', '/nodes/n1/keys');
  assert.equal(issued.statusCode, 200);
  const { key_id, user_name, key } = issued.json();
  assert.equal(user_name, `n1/${key_id}`);
  assert.deepEqual([...broker.passwords], [[user_name, key]]);
  const second = (await ask('POST', '/nodes/n1/keys')).json();
  assert.deepEqual(broker.passwords.get(second.user_name), second.key);
  assert.deepEqual(new Set(await keysOf('n1')), new Set([key_id, second.key_id]));
  assert.deepEqual(
    broker.ran.map(({ command }) => command),
    ['createRole', 'createClient', 'createClient'],
  );
});

test('a key that the broker does not take is revoked, and the caller hears so, also when they ask again', async (t) => {
  const { broker, ask, keysOf, reasonsOf } = await site(t);
  await ask('POST', '/nodes', { node_id: 'n1', location, sensors: [] });
  broker.goAway();
  const keyed = { 'idempotency-key': 'once' };
  for (const detail of [/does not answer/, /is revoked/]) {
    const refused = await ask('POST', '/nodes/n1/keys', undefined, keyed);
    assert.deepEqual([refused.statusCode, refused.json().type], [503, '/problems/not-provisioned']);
    assert.match(refused.headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.match(refused.json().detail, detail);
    assert.doesNotMatch(refused.body, /[0-9a-f]{64}/);
    assert.deepEqual(await keysOf('n1'), []);
    broker.comeBack(); // It helps nobody who asks for the same key again.
  }
  assert.deepEqual(await reasonsOf('n1'), ['not-provisioned']);
  broker.refuse('createClient');
  const version = { 'if-match': `"${await versionOf(ask, 'n1')}"` };
  const refused = await ask('POST', '/nodes/n1/keys', undefined, version);
  assert.match(refused.json().detail, /Internal error/);
  assert.deepEqual([refused.statusCode, await keysOf('n1')], [503, []]);
  broker.refuse(undefined);
  assert.equal((await ask('POST', '/nodes/n1/keys', undefined, { 'idempotency-key': 'twice' })).statusCode, 200);
  const again = await ask('POST', '/nodes/n1/keys', undefined, { 'idempotency-key': 'twice' });
  assert.deepEqual([again.statusCode, again.json().key], [200, null]);
});

test('each line of a table says whether its key is at the broker', async (t) => {
  const { broker, ask, keysOf } = await site(t);
  broker.refuse('createClient', 'n2');
  const csv = 'node_id,x,y,z,sensors\nn1,1,2,3,humidity\nn2,1,2,3,humidity\nn3,1,2,3,humidity\n';
  const { lines } = (await ask('POST', '/nodes/bulk?keys=true', { csv })).json();
  assert.deepEqual(
    lines.map((line: Readonly<Record<string, unknown>>) => [line.outcome, typeof line.key]),
    [
      ['enrolled', 'string'],
      ['enrolled', 'object'],
      ['enrolled', 'string'],
    ],
  );
  assert.match(lines[1].reason, /Internal error.*revoked/);
  assert.deepEqual([(await keysOf('n1')).length, await keysOf('n2')], [1, []]);
  assert.deepEqual([...broker.passwords.keys()], [lines[0].user_name, lines[2].user_name]);
});

test('a certificate is given to the broker, unless somebody else has its name there or nobody answers', async (t) => {
  const { broker, ask, certificateOf } = await site(t);
  await ask('POST', '/nodes', { node_id: 'n1', location, sensors: [] });
  const set = (subject: string) => ask('PUT', '/nodes/n1/certificate', { subject });
  const own = { username: 'operator', clientid: '', textname: '', roles: [], groups: [] } as const;
  await broker.run([{ command: 'createClient', ...own }]);
  assert.equal((await set('operator')).statusCode, 409);
  broker.goAway();
  assert.equal((await set('n1.site')).statusCode, 503);
  assert.equal(await certificateOf('n1'), null, 'nothing was decided');
  broker.comeBack();
  broker.refuse('createClient');
  assert.equal((await set('n1.site')).statusCode, 503);
  assert.equal(await certificateOf('n1'), 'n1.site', 'it needs no secret, and is given later');
  broker.refuse(undefined);
  const repeated = await set('n1.site');
  assert.deepEqual([repeated.statusCode, repeated.json().outcome], [200, 'unchanged']);
  assert.ok((await broker.list()).clients.some(({ username }) => username === 'n1.site'));
});

type Ask = Awaited<ReturnType<typeof site>>['ask'];

const versionOf = async (ask: Ask, nodeId: string): Promise<number> =>
  (await ask('POST', `/nodes/${nodeId}/enable`)).json().version;

const site = async (t: TestContext) => {
  const memory = memoryAtBroker();
  let refused: readonly [command: BrokerCommand['command'], nodeId?: string] | undefined;
  const isRefused = (asked: BrokerCommand): boolean =>
    asked.command === refused?.[0] && (refused[1] === undefined || JSON.stringify(asked).includes(`"${refused[1]}/`));
  const broker = {
    ...memory,
    refuse: (command: BrokerCommand['command'] | undefined, nodeId?: string) => {
      refused = command && (nodeId === undefined ? [command] : [command, nodeId]);
    },
    run: async (commands: readonly BrokerCommand[]) => {
      const answers = [...(await memory.run(commands.filter((one) => !isRefused(one))))];
      return commands.map((one) => (isRefused(one) ? 'Internal error' : answers.shift()));
    },
  };
  const there = await accessWorld(t, { atBroker: broker });
  const row = async (nodeId: string) => {
    const { rows } = await there.pool.query('select * from plenum_device.authorized_node where node_id = $1', [nodeId]);
    return rows[0];
  };
  return {
    broker,
    ask: (method: 'POST' | 'PUT', url: string, payload?: object, more: Readonly<Record<string, string>> = {}) =>
      there.app.inject({
        ...{ method, url: `/api/v1${url}`, headers: { ...there.asAdministrator, ...more } },
        ...(payload && { payload }),
      }),
    keysOf: async (nodeId: string): Promise<readonly string[]> => Object.keys((await row(nodeId)).keys).sort(),
    certificateOf: async (nodeId: string): Promise<string | null> => (await row(nodeId)).certificate,
    /** Why the keys of a node ended. */
    reasonsOf: async (nodeId: string): Promise<readonly string[]> => {
      const { events } = await there.store.load(`node-${nodeId}`);
      const ends = events.filter(({ type }) => type.endsWith('.NodeKeyRevoked'));
      return ends.map(({ data }) => (data as { readonly reason: string }).reason); // As its schema has it.
    },
  };
};
