import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientConnected, ClientDisconnected } from '@plenum/device';
import type { Event } from '@plenum/event';
import { world } from '../../testing/world.ts';

const second = 1_000_000;
const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

let ids = 0;
const observed = (type: string, atS: number, data: object): Event => ({
  ...{ id: uuid((ids += 1)), type, source: 'bridge/a', effectiveTimeUs: atS * second, recordedTimeUs: atS * second },
  data,
});

const connected = (client_id: string, atS: number): Event =>
  observed(ClientConnected.type, atS, {
    ...{ client_id, replica: 'a', connection_id: uuid(900 + atS), connected_time: atS * second },
    ...{ protocol: '5', user_name: 'ceiling', keepalive_s: 30 },
  });

test('clients are answered as connected or not, by id and page by page', async (t) => {
  const there = await world(t);
  const ended = observed(ClientDisconnected.type, 5, {
    ...{ client_id: 'n2', replica: 'a', connection_id: uuid(902), connected_time: 2 * second, reason: 'lost' },
    ...{ disconnected_time: 5 * second, last_packet_time: 4 * second },
  });
  await there.record(connected('n1', 1), connected('n2', 2), connected('site/é 1', 3), ended);
  await there.project();

  const lost = {
    ...{ client_id: 'n2', connected: false, since: '1970-01-01T00:00:02.000000Z', replica: 'a' },
    ...{ connection_id: uuid(902), last_seen: '1970-01-01T00:00:04.000000Z', reason: 'lost' },
    ...{ disconnected_at: '1970-01-01T00:00:05.000000Z', protocol: '5', user_name: 'ceiling', keepalive_s: 30 },
  };
  const { event_id, log_partition, log_offset, ...shown } = await there.get('/api/v1/devices/presence/n2');
  assert.deepEqual(shown, lost);
  assert.equal(event_id, ended.id);
  assert.deepEqual([log_partition >= 0, log_offset >= 0], [true, true]);
  const third = await there.get(`/api/v1/devices/presence/${encodeURIComponent('site/é 1')}`);
  assert.partialDeepStrictEqual(third, { client_id: 'site/é 1', connected: true, disconnected_at: null, reason: null });
  assert.equal((await there.app.inject('/api/v1/devices/presence/n3')).statusCode, 404);

  const clientsOf = (page: { items: { client_id: string }[] }) => page.items.map(({ client_id }) => client_id);
  const first = await there.get('/api/v1/devices/presence?limit=2');
  assert.deepEqual(clientsOf(first), ['n1', 'n2']);
  assert.deepEqual(clientsOf(await there.get(first.next)), ['site/é 1']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/presence?connected=true')), ['n1', 'site/é 1']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/presence?connected=false&replica=a')), ['n2']);
  assert.deepEqual(clientsOf(await there.get('/api/v1/devices/presence?replica=b')), []);
});
