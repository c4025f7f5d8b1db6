import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { newKey } from '@plenum/authentication/testing';
import { childId } from '@plenum/device';
import { acknowledgeCommands, answerCommand, claimCommands } from '@plenum/device/testing';
import type { Command } from '@plenum/event';
import { plenumItself } from '@plenum/event';
import { handleCommand } from '@plenum/runtime';
import { accessWorld } from '../../testing/access-world.ts';

const clock = { nowUs: () => Date.now() * 1_000 };

const commandsWorld = async (t: TestContext) => {
  const there = await accessWorld(t);
  const { app, store, personal, asAdministrator: headers } = there;
  let asked = 0;
  /** What bridges and reactions do. */
  const decide = async (command: Command): Promise<void> => {
    asked += 1;
    const parts = { store, personal, clock, random: { bytes16: () => randomBytes(16) } };
    const came = await handleCommand(parts, command, { id: `c${asked}`, actor: plenumItself });
    assert.equal(came.outcome, 'done', JSON.stringify(came));
  };
  const post = (url: string, payload: object = {}, more: object = {}) =>
    app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload });
  const get = async (url: string) => {
    const answer = await app.inject({ url, headers });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  const enrol = async (...nodes: readonly (readonly [node_id: string, zone: string])[]): Promise<void> => {
    for (const [node_id, zone] of nodes) {
      const body = { node_id, location: { x: 1, y: 2, z: 3, zone }, sensors: ['humidity'] };
      const enrolled = await post('/api/v1/nodes', body);
      assert.equal(enrolled.statusCode, 201, enrolled.body);
    }
  };
  const command = (payload: object, more: object = {}) =>
    post('/api/v1/commands', { command: 'calibrate', ...payload }, more);
  /** Until the read model is there. */
  const shown = async (id: string, version: number) => {
    for (let state = ''; state !== 'shown'; ) {
      await there.project();
      ({ state } = await get(`/api/v1/commands/${id}/versions/${version}`));
    }
    return get(`/api/v1/commands/${id}`);
  };
  return { ...there, headers, decide, post, get, enrol, command, shown };
};

const whats = (found: { readonly steps: readonly { readonly what: string }[] }) => found.steps.map(({ what }) => what);

test('a node is commanded, and what becomes of it is shown with its evidence', async (t) => {
  const { enrol, command, decide, shown, get, post } = await commandsWorld(t);
  await enrol(['node-17', 'lobby']);
  const asked = await command({ target: 'node-17', parameters: { offset: -0.3 }, expires_in: 600, answer_within: 5 });
  assert.equal(asked.statusCode, 202, asked.body);
  const { id, status, state, version, outcome } = asked.json();
  assert.deepEqual([state, version, outcome, status], ['accepted', 2, 'recorded', `/api/v1/commands/${id}`]);
  assert.equal(asked.headers.location, status);

  const accepted = await shown(id, 2);
  assert.partialDeepStrictEqual(accepted, {
    ...{ command_id: id, node_id: 'node-17', target: 'node-17', parent: null, nodes: null, command: 'calibrate' },
    ...{ parameters: { offset: -0.3 }, state: 'accepted', is_final: false, outcomes: null, answer_within_ms: 5_000 },
    ...{ attempts: 0, sent_at: null, ended_at: null },
  });
  assert.equal(Date.parse(accepted.expires_at) - Date.parse(accepted.requested_at) <= 600_000, true);
  assert.deepEqual(whats(accepted), ['requested', 'accepted']);

  await decide(claimCommands([{ commandId: id, attempt: 1 }], { replica: 'bridge-a', nowUs: clock.nowUs() }));
  const refused = await post(`/api/v1/commands/${id}/cancel`);
  assert.equal(refused.statusCode, 409, refused.body);
  await decide(acknowledgeCommands([id], clock.nowUs()));
  const answer = {
    nodeId: 'node-17',
    outcome: 'succeeded',
    answerId: 'e1',
    detail: 'done',
    result: '{"was":1}',
  } as const;
  await decide(answerCommand(id, answer, clock.nowUs()));
  const ended = await shown(id, 5);
  assert.partialDeepStrictEqual(ended, {
    ...{ state: 'succeeded', is_final: true, detail: 'done', result: { was: 1 }, delivered_by: 'acknowledgement' },
    ...{ replica: 'bridge-a', attempts: 1, answer_id: 'e1' },
  });
  assert.deepEqual(whats(ended), ['requested', 'accepted', 'sent', 'delivered', 'succeeded']);
  assert.partialDeepStrictEqual(ended.steps[2].said, { attempt: 1, replica: 'bridge-a' });
  assert.equal((await get('/api/v1/commands?state=succeeded')).items[0].command_id, id);
});

test('with Prefer: wait it is answered with the outcome, or with how far it is', async (t) => {
  const { enrol, command, decide, projecting } = await commandsWorld(t);
  await enrol(['node-17', 'lobby']);
  const late = await projecting(command({ target: 'node-17' }, { prefer: 'wait=0' }));
  assert.deepEqual([late.statusCode, late.headers['preference-applied']], [202, 'wait=0']);

  const keyed = { 'idempotency-key': 'k1' };
  const first = await command({ target: 'node-17' }, keyed);
  const { id } = first.json();
  await decide(claimCommands([{ commandId: id, attempt: 1 }], { replica: 'a', nowUs: clock.nowUs() }));
  const answer = { nodeId: 'node-17', outcome: 'failed', answerId: 'e1', detail: 'no', result: undefined } as const;
  await decide(answerCommand(id, answer, clock.nowUs()));
  const again = await projecting(command({ target: 'node-17' }, { ...keyed, prefer: 'wait=10' }));
  assert.equal(again.statusCode, 200, again.body);
  assert.partialDeepStrictEqual(again.json(), { id, outcome: 'known', state: 'failed', detail: 'no', result: null });
  const known = await command({ target: 'node-17' }, keyed);
  assert.deepEqual([known.statusCode, known.json().state], [202, 'failed'], known.body);
});

test('who is not there is not commanded, nor who is disabled', async (t) => {
  const { enrol, command, post } = await commandsWorld(t);
  const statusOf = async (payload: object) => (await command(payload)).statusCode;
  assert.deepEqual([await statusOf({ target: 'node-17' }), await statusOf({ target: 'all' })], [404, 404]);
  await enrol(['node-17', 'lobby'], ['node-18', 'roof']);
  assert.equal((await post('/api/v1/nodes/node-18/disable')).statusCode, 200);
  assert.deepEqual([await statusOf({ target: 'node-18' }), await statusOf({ nodes: ['node-18'] })], [409, 409]);
  assert.deepEqual([await statusOf({ target: 'zone:roof' }), await statusOf({ target: 'zone:lobby' })], [404, 202]);
  const unknown = await command({ nodes: ['node-17', 'x'] });
  assert.deepEqual([unknown.statusCode, unknown.json().detail], [404, 'Not enrolled: x.']);
  const large = { a: 'x'.repeat(65_536) };
  const wrong: readonly object[] = [
    ...[{}, { target: 'a', nodes: ['b'] }, { nodes: [] }, { nodes: ['a', 'a'] }, { target: 'a', expires_in: 0.5 }],
    ...[
      { target: 'a', answer_within: 0 },
      { target: 'a', command: '' },
      { target: 'a', parameters: large },
    ],
    ...[
      { target: 'a', parameters: { a: '\u0000' } },
      { target: 'a', parameters: { '\ud800': 1 } },
    ],
    { target: 'a', parameters: JSON.parse(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`) },
  ];
  for (const payload of wrong) assert.equal(await statusOf(payload), 400, JSON.stringify(payload).slice(0, 80));
  assert.equal(await statusOf({ target: 'node-17', parameters: { a: '\\u0000 and \\\\u0000' } }), 202);
});

test('a command for several is shown with the state of theirs', async (t) => {
  const { enrol, command, decide, shown, get, project } = await commandsWorld(t);
  await enrol(['a', 'lobby'], ['b', 'lobby'], ['c', 'roof']);
  const asked = await command({ target: 'zone:lobby' });
  assert.equal(asked.statusCode, 202, asked.body);
  const { id, state } = asked.json();
  assert.equal(state, 'requested');
  assert.partialDeepStrictEqual(await shown(id, 1), { nodes: 2, is_final: false });

  // The reaction has made one for each.
  const ofNode = (nodeId: string): string => childId((bytes) => hash('sha1', bytes), id, nodeId);
  await shown(ofNode('b'), 2);
  const open = { state: 'accepted', outcomes: { accepted: 2 }, is_final: false };
  assert.partialDeepStrictEqual(await shown(id, 2), open);
  const own = await get(`/api/v1/commands?parent=${id}`);
  assert.deepEqual(own.items.map(({ node_id }: { readonly node_id: string }) => node_id).toSorted(), ['a', 'b']);

  for (const [nodeId, outcome] of [
    ['a', 'succeeded'],
    ['b', 'failed'],
  ] as const) {
    const commandId = ofNode(nodeId);
    await decide(claimCommands([{ commandId, attempt: 1 }], { replica: 'r', nowUs: clock.nowUs() }));
    const answer = { nodeId, outcome, answerId: 'e', detail: undefined, result: undefined } as const;
    await decide(answerCommand(commandId, answer, clock.nowUs()));
    await shown(commandId, 5);
  }
  await project();
  const ended = { state: 'failed', outcomes: { succeeded: 1, failed: 1 }, is_final: true };
  assert.partialDeepStrictEqual(await get(`/api/v1/commands/${id}`), ended);
  const listed = await get('/api/v1/commands?limit=100');
  const group = listed.items.find(({ command_id }: { readonly command_id: string }) => command_id === id);
  assert.partialDeepStrictEqual(group, ended);
});

test('commands are listed from the last on, and found by what they are', async (t) => {
  const { enrol, command, get, shown, post } = await commandsWorld(t);
  await enrol(['a', 'lobby'], ['b', 'lobby']);
  const ids: string[] = [];
  for (const target of ['a', 'b', 'a']) ids.unshift((await command({ target, command: `do-${target}` })).json().id);
  for (const id of ids) await shown(id, 2);
  const idsOf = (page: { items: { command_id: string }[] }) => page.items.map(({ command_id }) => command_id);
  const first = await get('/api/v1/commands?limit=2');
  assert.deepEqual(idsOf(first), ids.slice(0, 2));
  assert.deepEqual(idsOf(await get(first.next)), ids.slice(2));
  assert.deepEqual(idsOf(await get('/api/v1/commands?node_id=b')), [ids[1]]);
  assert.deepEqual(idsOf(await get('/api/v1/commands?command=do-a')), [ids[0], ids[2]]);
  assert.deepEqual(idsOf(await get('/api/v1/commands?to=2020-01-01T00:00:00Z')), []);
  const cancelled = await post(`/api/v1/commands/${ids[0]}/cancel`);
  assert.deepEqual([cancelled.statusCode, cancelled.json().version], [200, 3]);
  assert.partialDeepStrictEqual(await shown(ids[0] ?? '', 3), { state: 'cancelled', is_final: true });
  assert.deepEqual(idsOf(await get('/api/v1/commands?state=cancelled')), [ids[0]]);
  assert.deepEqual(idsOf(await get('/api/v1/commands?state=accepted')), ids.slice(1));
});

test('clients of the replaced system command one node or all', async (t) => {
  const { enrol, post, get, project, app, authentication } = await commandsWorld(t);
  const missing = await post('/api/iot/commands/a', { command: 'calibrate' });
  assert.deepEqual([missing.statusCode, missing.json().success], [404, false]);
  await enrol(['a', 'lobby'], ['b', 'lobby']);
  const sent = await post('/api/iot/commands/a', { command: 'calibrate', parameters: { offset: 1 }, extra: 1 });
  assert.equal(sent.statusCode, 200, sent.body);
  const { success, message, command } = sent.json();
  assert.deepEqual([success, message], [true, 'Command calibrate for a is recorded']);
  assert.deepEqual(Object.keys(command), ['command', 'parameters', 'timestamp']);
  assert.deepEqual([command.command, command.parameters], ['calibrate', { offset: 1 }]);
  assert.partialDeepStrictEqual((await post('/api/iot/commands/all')).json(), {
    command: { command: 'status', parameters: {} },
  });
  const found = async (): Promise<readonly Record<string, unknown>[]> => (await get('/api/v1/commands')).items;
  // One for all, one for each of them, and one for one.
  while ((await found()).length < 4) await project();
  const all = (await found()).map(({ target, node_id, nodes }) => `${target} ${node_id} ${nodes}`);
  assert.deepEqual(all.toSorted(), ['a a null', 'all a null', 'all b null', 'all null 2']);

  const { key } = await newKey(authentication, 'guest');
  const guest = { method: 'POST' as const, url: '/api/iot/commands/a', headers: { 'x-api-key': key }, payload: {} };
  assert.equal((await app.inject(guest)).statusCode, 403);
});
