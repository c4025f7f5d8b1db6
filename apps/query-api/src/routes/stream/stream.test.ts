import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Authenticated } from '@plenum/access';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { type MemoryLog, memoryLog } from '@plenum/runtime/testing';
import { fakeApp, usualStreamLimits } from '../../testing/fake-app.ts';
import { fakeAuthentication, somebody } from '../../testing/fake-authentication.ts';
import { readingOf } from '../../testing/readings-said.ts';
import { followStream } from '../../testing/stream-client.ts';
import { eventOf } from '../../testing/world.ts';

const codec = avroCodec(events);

const report = (log: MemoryLog, node: string, value = 21.5, metadata: object = {}) =>
  log.append([readingOf(node, { value, metadata })]);

const listening = async (t: TestContext, more: Parameters<typeof fakeApp>[1] = {}) => {
  const log = memoryLog(topics);
  const app = await fakeApp(t, { log, ...more });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { log, app, url };
};

test('what cannot be followed is refused before anything is sent', async (t) => {
  const app = await fakeApp(t);
  const cases = [
    ['', /kind is missing/],
    ['kind=weather', /kind is none of/],
    ['kind=readings&colour=red', /colour|additional/],
    ['kind=presence&sensor_id=x', /sensor_id is no filter of presence/],
    ['kind=readings&kind=presence&node_id=x', /node_id is no filter of presence/],
    ['kind=readings&type=ClientSeen', /type is none of/],
    ['kind=readings&model=nothing', /model is no read model/],
    ['kind=presence&model=readings', /readings is not made from presence/],
    [`kind=readings&${'node_id=a&'.repeat(101)}`, /node_id/],
  ] as const;
  for (const [query, reason] of cases) {
    const { statusCode, body } = await app.inject(`/api/v1/stream?${query}`);
    assert.equal(statusCode, 400, query);
    assert.match(JSON.parse(body).detail, reason, query);
  }
});

test('a kind takes its permission', async (t) => {
  const forbidden: string[] = [];
  const app = await fakeApp(t, {
    authentication: fakeAuthentication({
      noteForbidden: (_shown, _identity, required) => void forbidden.push(required),
    }),
  });
  const { statusCode, body } = await app.inject({
    url: '/api/v1/stream?kind=readings&kind=commands',
    headers: { 'x-api-key': 'k' },
  });
  assert.equal(statusCode, 403);
  assert.equal(JSON.parse(body).permission, 'read:commands');
  assert.deepEqual(forbidden, ['read:commands']);
  assert.equal((await app.inject('/api/v1/stream?kind=readings')).statusCode, 401);
});

test('events come as they happen, and those that were missed after the last id', async (t) => {
  const { log, url } = await listening(t);
  await report(log, 'node_0');
  const first = await followStream(url, { query: 'kind=readings&node_id=node_1&node_id=node_2' });
  const { headers } = first.answer;
  assert.match(headers['content-type'] ?? '', /^text\/event-stream/);
  assert.deepEqual([headers['cache-control'], headers['x-accel-buffering']], ['no-store', 'no']);
  await first.until('ready');
  await report(log, 'node_1', 1, { batch: 7 });
  await report(log, 'node_3', 2);
  await report(log, 'node_2', 3);
  const [one] = await first.until('readings');
  const [two] = await first.until('readings');
  const both = [one, two]
    .map((frame) => [frame?.data.data.node_id, frame?.data.data.value])
    .sort((a, b) => String(a).localeCompare(String(b)));
  assert.deepEqual(both, [
    ['node_1', 1],
    ['node_2', 3],
  ]);
  const shown = [one, two].find((frame) => frame?.data.data.node_id === 'node_1')?.data;
  assert.equal(shown.type, 'plenum.ceiling.ReadingReported');
  assert.deepEqual(shown.data.metadata, { batch: 7 });
  first.close();
  await report(log, 'node_1', 4);
  for (const resume of ['header', 'query'] as const) {
    const id = first.lastId() ?? '';
    const again = await followStream(url, {
      query: `kind=readings&node_id=node_1${resume === 'query' ? `&last_event_id=${encodeURIComponent(id)}` : ''}`,
      headers: resume === 'header' ? { 'last-event-id': id } : {},
    });
    const frames = await again.until('ready');
    assert.deepEqual(
      frames.map(({ event, data }) => [event, data.data?.value]),
      [
        ['readings', 4],
        ['ready', undefined],
      ],
      resume,
    );
    again.close();
  }
});

test('only the types that are asked for come', async (t) => {
  const { log, url } = await listening(t);
  const client = await followStream(url, { query: 'kind=node-reports&type=NodeStatusReported' });
  await client.until('ready');
  const say = (what: string, said: object) => {
    const payload = Buffer.from(JSON.stringify(said));
    const topic = `ceiling/nodes/n1/${what}`;
    return log.append([codec.encode(eventOf({ topic, payload, receivedTimeUs: 1_772_615_702_118_000 }))]);
  };
  await say('registration', { node_id: 'n1', location: { x: 1, y: 2, z: 3 }, sensors: [], firmware_version: '1' });
  await say('status', { status: 'online', battery_level: 80 });
  const frames = await client.until('node-reports');
  assert.deepEqual(
    frames.map(({ data }) => data.type),
    ['plenum.ceiling.NodeStatusReported'],
  );
  client.close();
});

test('a gap that cannot be replayed is one resync, and the stream goes on from now', async (t) => {
  const { log, url } = await listening(t, { streamLimits: { ...usualStreamLimits, missedMax: 2 } });
  const client = await followStream(url, { query: 'kind=readings' });
  await client.until('ready');
  client.close();
  const id = client.lastId() ?? '';
  for (let n = 0; n < 3; n += 1) await report(log, 'node_1', n);
  const cases = [
    [id, 'too-far-behind'],
    ['nonsense', 'unreadable-id'],
    ['ceiling.readings:zz;', 'unreadable-id'],
    [id.replace(/:\w+/, ':zzz'), 'another-log'],
    ['ceiling.readings:0', 'another-log'],
  ] as const;
  for (const [lastId, reason] of cases) {
    const late = await followStream(url, { query: 'kind=readings', headers: { 'last-event-id': lastId } });
    const frames = await late.until('ready');
    assert.deepEqual(
      frames.map(({ event, data }) => [event, data.reason]),
      [
        ['resync', reason],
        ['ready', undefined],
      ],
      lastId,
    );
    await report(log, 'node_1', 77);
    assert.equal((await late.until('readings')).length, 1);
    late.close();
  }
});

test('who is no longer let in is ended, and who may less is as well', async (t) => {
  const may: Authenticated = { outcome: 'authenticated', identity: somebody, described: { roles: ['guest'] } };
  const cases: readonly (readonly [Authenticated, string])[] = [
    [{ outcome: 'refused', code: 'revoked', reason: 'It was revoked.' }, 'not-authenticated'],
    [{ ...may, identity: { ...somebody, permissions: [] } }, 'forbidden'],
    [{ outcome: 'unavailable', reason: 'The tables are away.', retryAfterS: 1 }, 'unavailable'],
  ];
  for (const [later, reason] of cases) {
    let now: Authenticated = may;
    const { log, url } = await listening(t, { authentication: fakeAuthentication({ recheck: () => now }) });
    const client = await followStream(url, { query: 'kind=readings', headers: { 'x-api-key': 'k' } });
    await client.until('ready');
    await report(log, 'node_1');
    await client.until('readings');
    now = later;
    assert.deepEqual((await client.until('end')).at(-1)?.data, { reason });
    assert.equal(await client.next(), undefined);
  }
});

test('there is room for so many, and for so many of one; who leaves makes room', async (t) => {
  const limits = { ...usualStreamLimits, clientsMax: 3, clientsOfOneMax: 2 };
  const authentication = fakeAuthentication({
    authenticate: ({ apiKey = '' }) => ({
      ...{ outcome: 'authenticated', described: { roles: [] } },
      identity: { ...somebody, id: apiKey },
    }),
    recheck: ({ apiKey = '' }) => ({
      ...{ outcome: 'authenticated', described: { roles: [] } },
      identity: { ...somebody, id: apiKey },
    }),
  });
  const { url } = await listening(t, { streamLimits: limits, authentication });
  const follow = (key: string) => followStream(url, { query: 'kind=readings', headers: { 'x-api-key': key } });
  const [first] = [await follow('a'), await follow('a')];
  await assert.rejects(follow('a'), /503: .*as often as one may/);
  await follow('b');
  await assert.rejects(follow('c'), /503: .*this process serves/);
  first?.close();
  for (;;) {
    const joined = await follow('c').catch(() => undefined);
    if (joined !== undefined) break;
  }
});

test('a client that does not take what it is sent is ended with the reason, and the others are not kept waiting', async (t) => {
  const { log, url, app } = await listening(t, { streamLimits: { ...usualStreamLimits, waitingBytesMax: 65_536 } });
  const [slow, quick] = [
    await followStream(url, { query: 'kind=readings' }),
    await followStream(url, { query: 'kind=readings' }),
  ];
  await slow.until('ready');
  await quick.until('ready');
  slow.answer.pause();
  const metadata = { text: 'x'.repeat(30_000) };
  const counted = async () => /plenum_stream_ended_total\{reason="slow"\} 1/.test((await app.inject('/metrics')).body);
  let sent = 0;
  while (!(await counted())) {
    await report(log, 'node_1', sent, metadata);
    sent += 1;
    await quick.until('readings');
    assert.ok(sent < 2_000, 'it was never ended');
  }
  slow.answer.resume();
  const last = await slow.until('end');
  assert.deepEqual(last.at(-1)?.data, { reason: 'slow' });
  assert.ok(last.length < sent + 1, 'it was sent everything');
  // It goes on where it was.
  const again = await followStream(url, { query: 'kind=readings', headers: { 'last-event-id': slow.lastId() ?? '' } });
  const missed = (await again.until('ready')).slice(0, -1);
  const values = [...last.slice(0, -1), ...missed].map(({ data }) => data.data.value);
  assert.deepEqual(
    values,
    Array.from({ length: sent }, (_, value) => value),
  );
});

test('the end of the process ends every stream, and HEAD begins none', async (t) => {
  const { url, app } = await listening(t);
  const head = await fetch(`${url}/api/v1/stream?kind=readings`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  const client = await followStream(url, { query: 'kind=readings' });
  await client.until('ready');
  assert.match((await app.inject('/metrics')).body, /plenum_stream_clients 1\n/);
  const closed = app.close();
  assert.deepEqual((await client.until('end')).at(-1)?.data, { reason: 'shutdown' });
  await closed;
});
