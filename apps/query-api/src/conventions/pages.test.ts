import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '@plenum/ceiling';
import type { LightMyRequestResponse } from 'fastify';
import { fakeApp } from '../testing/fake-app.ts';

const node = (id: string): Node => ({
  node_id: id,
  status: 'online',
  stale: false,
  battery_level: null,
  last_seen: '2026-03-04T09:15:02.000000Z',
  latest_reading: null,
  location: null,
  sensors: null,
  firmware_version: null,
  capabilities: null,
  registered_time: null,
  event_id: '00000000-0000-0000-0000-000000000000',
  log_partition: 0,
  log_offset: 0,
});

const ids = ['a', 'b/ü', 'c', 'd', 'e'];
const nodes = {
  page: async ({ afterNode = '', limit }: { afterNode?: string | undefined; limit: number }) =>
    ids
      .filter((id) => id > afterNode)
      .slice(0, limit)
      .map(node),
};

test('following `next` visits everything once and ends', async (t) => {
  const app = await fakeApp(t, { reads: { nodes } });
  const seen: string[] = [];
  let url: string | null = '/api/v1/nodes?status=online';
  while (url !== null) {
    const answer: LightMyRequestResponse = await app.inject(url);
    const page = JSON.parse(answer.body);
    seen.push(...page.items.map(({ node_id }: Node) => node_id));
    assert.equal(answer.headers.link, page.next === null ? undefined : `<${page.next}>; rel="next"`);
    assert.equal(page.cursor === null, page.next === null);
    url = page.next;
  }
  assert.deepEqual(seen, ids);
});

test('a cursor that was changed, or that is used for another question, is refused', async (t) => {
  const app = await fakeApp(t, { reads: { nodes } });
  const { cursor } = JSON.parse((await app.inject('/api/v1/nodes?status=online')).body);
  const statusOf = async (url: string): Promise<number> => (await app.inject(url)).statusCode;

  assert.equal(await statusOf(`/api/v1/nodes?status=online&cursor=${cursor}`), 200);
  assert.equal(await statusOf(`/api/v1/nodes?limit=1&status=online&cursor=${cursor}`), 200);
  assert.equal(await statusOf(`/api/v1/nodes?status=error&cursor=${cursor}`), 400);
  assert.equal(await statusOf(`/api/v1/nodes?cursor=${cursor}`), 400);
  for (let at = 0; at < cursor.length; at += 1) {
    const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
    const { statusCode, body } = await app.inject(`/api/v1/nodes?status=online&cursor=${changed}`);
    assert.equal(statusCode, 400, `with character ${at} changed`);
    assert.equal(JSON.parse(body).type, '/problems/bad-cursor');
  }
  for (const nonsense of ['', '%20', 'e30', 'bnVsbA', 'WzFd', `${cursor}=`]) {
    assert.equal(await statusOf(`/api/v1/nodes?status=online&cursor=${nonsense}`), 400, nonsense);
  }
});

test('a limit is a whole number up to the greatest there is', async (t) => {
  const app = await fakeApp(t, { reads: { nodes } });
  for (const limit of ['0', '-1', '4', '1.5', 'x', '', '1&limit=2']) {
    assert.equal((await app.inject(`/api/v1/nodes?limit=${limit}`)).statusCode, 400, limit);
  }
  assert.equal(JSON.parse((await app.inject('/api/v1/nodes?limit=3')).body).items.length, 3);
});
