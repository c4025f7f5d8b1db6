/** Enrolling nodes, their keys and certificates, as clients ask for it, with everything that records and shows it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKey } from '@plenum/authentication/testing';
import { accessWorld } from '../../testing/access-world.ts';

type World = Awaited<ReturnType<typeof accessWorld>>;
type Headers = Readonly<Record<string, string>>;

const asking = (there: World, as: Headers = there.asAdministrator) => {
  const ask = (method: 'POST' | 'PUT' | 'GET' | 'DELETE', url: string, payload?: object, more: Headers = {}) =>
    there.app.inject({ method, url: `/api/v1${url}`, headers: { ...as, ...more }, ...(payload && { payload }) });
  return {
    ask,
    /** Waits until what is read shows it. */
    shown: async (...[method, url, payload, more]: Parameters<typeof ask>) => {
      const answer = await there.projecting(ask(method, url, payload, { prefer: 'wait=10', ...more }));
      assert.ok(answer.statusCode < 300 && answer.statusCode !== 202, `${url}: ${answer.statusCode} ${answer.body}`);
      assert.equal(answer.headers['preference-applied'], 'wait=10');
      return answer;
    },
    get: async (url: string) => {
      const answer = await ask('GET', url);
      assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
      return answer.json();
    },
  };
};

const location = { x: 1000, y: 0, z: 2000.5, zone: 'roof' };
const described = {
  location,
  sensors: ['temperature', 'roof-7'],
  firmware_version: '2.1',
  capabilities: { wifi: true },
};

test('a node is enrolled, changed, disabled, enabled and removed', async (t) => {
  const there = await accessWorld(t);
  const { ask, shown, get } = asking(there);
  const made = await shown('POST', '/nodes', { node_id: 'n1', location, sensors: ['temperature'] });
  assert.deepEqual(
    [made.statusCode, made.headers.etag, made.headers.location, made.json().id],
    [201, '"1"', '/api/v1/nodes/n1/enrolment', 'n1'],
  );
  assert.partialDeepStrictEqual(await get('/nodes/n1/enrolment'), {
    ...{ node_id: 'n1', state: 'enrolled', stream_version: 1, location, zone: 'roof', sensors: ['temperature'] },
    ...{ firmware_version: '1.0.0', capabilities: {}, keys: [], certificate: null, reported_at: null, differs: [] },
  });
  const again = await ask('POST', '/nodes', { node_id: 'n1', location, sensors: [] });
  assert.equal(again.statusCode, 409, again.body);

  const changed = await shown('PUT', '/nodes/n1', described, { 'if-match': '"1"' });
  assert.deepEqual([changed.statusCode, changed.headers.etag], [200, '"2"']);
  const stale = await ask('PUT', '/nodes/n1', { ...described, firmware_version: '3' }, { 'if-match': '"1"' });
  assert.deepEqual([stale.statusCode, stale.headers.etag], [412, '"2"']);
  const same = await ask('PUT', '/nodes/n1', described);
  assert.equal(same.json().outcome, 'unchanged');
  assert.partialDeepStrictEqual(await get('/nodes/n1/enrolment'), { ...described, stream_version: 2 });

  await shown('POST', '/nodes/n1/disable');
  assert.equal((await get('/nodes/n1/enrolment')).state, 'disabled');
  assert.equal((await get('/enrolments?state=disabled')).items.length, 1);
  await shown('POST', '/nodes/n1/enable');
  assert.equal((await get('/nodes/n1/enrolment')).state, 'enrolled');
  const removed = await shown('DELETE', '/nodes/n1');
  assert.partialDeepStrictEqual(await get(removed.json().status.replace('/api/v1', '')), {
    version: 5,
    state: 'shown',
  });
  assert.equal((await get('/nodes/n1/enrolment')).state, 'removed');
  for (const [method, url] of [
    ['PUT', '/nodes/n1'],
    ['POST', '/nodes/n1/keys'],
    ['POST', '/nodes/nobody/disable'],
  ] as const) {
    assert.equal((await ask(method, url, method === 'PUT' ? described : undefined)).statusCode, 404, url);
  }
  assert.equal((await shown('POST', '/nodes', { node_id: 'n1', location, sensors: [] })).statusCode, 201);
});

test('a node has two keys at most, each shown once, and a certificate of its own', async (t) => {
  const there = await accessWorld(t);
  const { ask, shown, get } = asking(there);
  for (const [node_id, sensors] of [
    ['n1', ['temperature']],
    ['n2', []],
  ] as const)
    await shown('POST', '/nodes', { node_id, location, sensors });
  const named = { 'idempotency-key': 'first' };
  const first = (await shown('POST', '/nodes/n1/keys', undefined, named)).json();
  assert.match(first.key, /^[0-9a-f]{64}$/);
  assert.match(first.key_id, /^[0-9a-f]{8}$/);
  assert.equal(first.user_name, `n1/${first.key_id}`);
  const again = (await ask('POST', '/nodes/n1/keys', undefined, named)).json();
  assert.partialDeepStrictEqual(again, { outcome: 'known', version: 2, key_id: null, user_name: null, key: null });
  const second = (await shown('POST', '/nodes/n1/keys')).json();
  assert.notEqual(second.key, first.key);
  const third = await ask('POST', '/nodes/n1/keys');
  assert.deepEqual([third.statusCode, third.json().detail], [409, 'A node has at most 2 keys: revoke one first.']);
  const keysOf = async () =>
    (await get('/nodes/n1/enrolment')).keys.map(({ key_id }: { readonly key_id: string }) => key_id);
  assert.deepEqual(await keysOf(), [first.key_id, second.key_id]);
  assert.ok(!JSON.stringify(await get('/enrolments')).includes(first.key), 'a key is kept');
  await shown('DELETE', `/nodes/n1/keys/${first.key_id}`);
  assert.deepEqual(await keysOf(), [second.key_id]);
  assert.equal((await ask('DELETE', `/nodes/n1/keys/${first.key_id}`)).statusCode, 404);

  await shown('PUT', '/nodes/n1/certificate', { subject: 'node one' });
  assert.equal((await get('/nodes/n1/enrolment')).certificate, 'node one');
  assert.equal((await ask('PUT', '/nodes/n2/certificate', { subject: 'node one' })).statusCode, 409);
  await shown('DELETE', '/nodes/n1/certificate');
  assert.equal((await get('/nodes/n1/enrolment')).certificate, null);
  await shown('PUT', '/nodes/n2/certificate', { subject: 'node one' });
});

test('what is no id, belongs to another node, or is asked by somebody who may not, is refused', async (t) => {
  const there = await accessWorld(t);
  const { ask, shown } = asking(there);
  for (const node_id of ['a/b', '+', '#', 'all', 'zone:x', '$SYS', 'a b', 'ä', '', 'x'.repeat(129)]) {
    const refused = await ask('POST', '/nodes', { node_id, location, sensors: [] });
    assert.equal(refused.statusCode, 400, `${node_id}: ${refused.body}`);
  }
  for (const node_id of ['allowed', 'zone', 'a$b', '~!"\'(),-.:;<=>?@[]^_`{|}', 'x'.repeat(128)]) {
    const made = await ask('POST', '/nodes', { node_id, location, sensors: [] });
    assert.equal(made.statusCode, 201, `${node_id}: ${made.body}`);
  }
  await shown('POST', '/nodes', { node_id: 'n1', location, sensors: ['temperature'] });
  const taken = await ask('POST', '/nodes', { node_id: 'n2', location, sensors: ['n1_temperature'] });
  assert.deepEqual(
    [taken.statusCode, taken.json().detail],
    [409, 'Another node has one of these sensors, or this certificate.'],
  );
  const twice = await ask('POST', '/nodes', { node_id: 'n2', location, sensors: ['humidity', 'n2_humidity'] });
  assert.deepEqual([twice.statusCode, twice.json().errors[0].parameter], [422, 'sensors']);

  const { key } = await newKey(there.authentication, 'operator');
  const asOperator = asking(there, { 'x-api-key': key });
  for (const [method, url, body] of [
    ['POST', '/nodes', { node_id: 'n3', location, sensors: [] }],
    ['POST', '/nodes/n1/keys', undefined],
    ['DELETE', '/nodes/n1', undefined],
  ] as const) {
    assert.equal((await asOperator.ask(method, url, body)).statusCode, 403, url);
  }
  assert.equal((await asOperator.ask('GET', '/nodes/n1/enrolment')).statusCode, 200);
  assert.equal((await asOperator.ask('GET', '/nodes/nobody/enrolment')).statusCode, 404);
});

test('what a node says of itself stands beside what we say of it', async (t) => {
  const there = await accessWorld(t);
  const { shown, get } = asking(there);
  await shown('POST', '/nodes', { node_id: 'n1', ...described });
  const said = { node_id: 'n1', sensors: ['temperature'], location: { x: 1, y: 2, z: 3 }, firmware_version: '2.1' };
  await there.say('ceiling/nodes/n1/registration', { ...said, capabilities: { wifi: true } });
  await there.say('ceiling/nodes/n9/status', { status: 'online', battery_level: 80 });
  await there.project();
  assert.partialDeepStrictEqual(await get('/nodes/n1/enrolment'), {
    reported_location: { x: 1, y: 2, z: 3 },
    reported_firmware_version: '2.1',
    differs: ['location', 'sensors'],
  });
  const ids = async (query: string) =>
    (await get(`/enrolments?${query}`)).items.map(({ node_id }: { readonly node_id: string }) => node_id);
  assert.deepEqual(await ids(''), ['n1', 'n9']);
  assert.deepEqual(await ids('differs=true'), ['n1']);
  assert.deepEqual(await ids('differs=false'), ['n9']);
  assert.deepEqual(await ids('state=none'), ['n9']);
  assert.deepEqual(await ids('zone=roof'), ['n1']);
  const first = await get('/enrolments?limit=1');
  assert.deepEqual((await get(first.next.replace('/api/v1', ''))).items[0].node_id, 'n9');
});

test('a table enrols what it can, line by line, and once', async (t) => {
  const there = await accessWorld(t);
  const { ask, get } = asking(there);
  await ask('POST', '/nodes', { node_id: 'there', location: { x: 1, y: 2, z: 3 }, sensors: [] });
  const csv = [
    'node_id,x,y,z,zone,sensors,capabilities',
    'n1,1,2,3,roof,temperature;humidity,"{""poe"": true}"',
    'a/b,1,2,3,,,',
    'there,1,2,3,,,',
    'there,9,2,3,,,',
    'n2,1,2,3,,n1_temperature,',
    'n3,1,2,3,,,',
    '',
  ].join('\n');
  const named = { 'idempotency-key': 'once' };
  const first = await ask('POST', '/nodes/bulk?keys=true', { csv }, named);
  assert.deepEqual([first.statusCode, first.headers['cache-control']], [200, 'no-store'], first.body);
  const { lines, ...counts } = first.json();
  assert.deepEqual(counts, { enrolled: 2, unchanged: 1, refused: 3 }, first.body);
  type Line = Readonly<
    Record<'line' | 'node_id' | 'outcome' | 'reason' | 'key_id' | 'user_name' | 'key', string | null>
  >;
  assert.deepEqual(
    lines.map(({ line, node_id, outcome }: Line) => [line, node_id, outcome]),
    [
      ...[
        [2, 'n1', 'enrolled'],
        [3, 'a/b', 'refused'],
        [4, 'there', 'unchanged'],
        [5, 'there', 'refused'],
      ],
      ...[
        [6, 'n2', 'refused'],
        [7, 'n3', 'enrolled'],
      ],
    ],
  );
  for (const { outcome, node_id, key, key_id, user_name, reason } of lines as readonly Line[]) {
    if (outcome === 'enrolled') assert.match(String(key), /^[0-9a-f]{64}$/);
    else assert.equal(key, null);
    assert.equal(user_name, outcome === 'enrolled' ? `${node_id}/${key_id}` : null);
    assert.equal(typeof reason, outcome === 'refused' ? 'string' : 'object');
  }
  const again = await ask('POST', '/nodes/bulk?keys=true', { csv }, named);
  assert.deepEqual(
    again.json().lines.map(({ outcome, key }: Line) => [outcome, key]),
    lines.map(({ outcome }: Line) => [outcome, null]),
  );
  await there.project();
  assert.partialDeepStrictEqual(await get('/nodes/n1/enrolment'), { capabilities: { poe: true }, stream_version: 2 });
  assert.equal((await get('/nodes/n1/enrolment')).keys.length, 1);
  for (const [wrong, detail] of [
    ['node_id,x\n', /names no column y, z, sensors/],
    ['node_id,x,y,z,sensors\n"n1', /line 2 has a quote/],
  ] as const) {
    const refused = await ask('POST', '/nodes/bulk', { csv: wrong });
    assert.equal(refused.statusCode, 400, refused.body);
    assert.match(refused.json().detail, detail);
  }
});

test('clients of the replaced system register nodes as they did', async (t) => {
  const there = await accessWorld(t);
  const { get } = asking(there);
  const register = (payload: object, headers: Headers = there.asAdministrator) =>
    there.app.inject({ method: 'POST', url: '/api/iot/nodes', headers, payload });
  const node = { node_id: 'n1', location: { x: 1, y: 2, z: 3 }, sensors: ['temperature'] };
  const registered = {
    success: true,
    message: 'Node n1 registered',
    node: {
      ...{ ...node, status: null, battery_level: null, last_seen: null },
      ...{ firmware_version: '1.0.0', capabilities: {} },
    },
  };
  for (const more of [{}, {}, { status: 'online', battery_level: 100 }]) {
    const answer = await register({ ...node, ...more });
    assert.deepEqual([answer.statusCode, answer.json()], [200, registered]);
  }
  await there.project();
  assert.equal((await get('/nodes/n1/enrolment')).stream_version, 1);
  assert.equal((await register({ ...node, sensors: ['humidity'] })).statusCode, 200);
  await there.project();
  assert.partialDeepStrictEqual(await get('/nodes/n1/enrolment'), { stream_version: 2, sensors: ['humidity'] });
  const other = { ...node, node_id: 'n2', sensors: ['n1_humidity'] };
  for (const [payload, status] of [
    [{ ...node, node_id: 'all' }, 400],
    [{ node_id: 'n3', sensors: [] }, 400],
    [{ ...node, sensors: ['a/b'] }, 400],
    [other, 409],
  ] as const) {
    const refused = await register(payload);
    assert.deepEqual([refused.statusCode, Object.keys(refused.json())], [status, ['success', 'error']], refused.body);
  }
  const { key } = await newKey(there.authentication, 'operator');
  const forbidden = await register(node, { 'x-api-key': key });
  assert.deepEqual([forbidden.statusCode, forbidden.json().error], [403, 'Insufficient permissions']);
});
