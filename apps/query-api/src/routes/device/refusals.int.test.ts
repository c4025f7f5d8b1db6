import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientRefused, type ClientRefusedData } from '@plenum/device';
import type { Event } from '@plenum/event';
import { world } from '../../testing/world.ts';

const second = 1_000_000;

let ids = 0;
const refused = (client_id: string, atS: number, more: Partial<ClientRefusedData> = {}): Event => ({
  id: `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`,
  type: ClientRefused.type,
  source: 'bridge/a',
  effectiveTimeUs: atS * second,
  recordedTimeUs: atS * second,
  data: {
    ...{ client_id, node_id: undefined, code: 'no-credentials', why: 'it did not sign in' },
    ...{ admitted: true, replica: 'a', count: 1 },
    ...more,
  },
});

test('clients that did not sign in are answered with why and how often, by id and page by page', async (t) => {
  const there = await world(t);
  const wrong = { node_id: 'n2', code: 'wrong-credentials', why: 'its key is none', admitted: false };
  await there.record(refused('n1', 1), refused('n2', 2), refused('n2', 5, { ...wrong, count: 3 }), refused('é 3', 3));
  await there.project();

  const clientsOf = (page: { items: { client_id: string }[] }) => page.items.map(({ client_id }) => client_id);
  const first = await there.get('/api/v1/devices/refusals?limit=2');
  assert.deepEqual(first.items, [
    {
      ...{ client_id: 'n1', node_id: null, code: 'no-credentials', why: 'it did not sign in', admitted: true },
      ...{ replica: 'a', count: 1 },
      ...{ first_time: '1970-01-01T00:00:01.000000Z', last_time: '1970-01-01T00:00:01.000000Z' },
    },
    {
      ...{ client_id: 'n2', ...wrong, replica: 'a', count: 4 },
      ...{ first_time: '1970-01-01T00:00:02.000000Z', last_time: '1970-01-01T00:00:05.000000Z' },
    },
  ]);
  assert.deepEqual(clientsOf(await there.get(first.next)), ['é 3']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/refusals?admitted=true')), ['n1', 'é 3']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/refusals?admitted=false')), ['n2']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/refusals?code=no-credentials')), ['n1', 'é 3']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/refusals?code=disabled')), []);
});
