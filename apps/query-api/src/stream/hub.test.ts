import assert from 'node:assert/strict';
import { test } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, streams, topics } from '@plenum/catalogue';
import type { LiveConnection } from '@plenum/http';
import { LogTruncated, TransientFailure } from '@plenum/runtime';
import { memoryLog, silentLogger } from '@plenum/runtime/testing';
import { usualStreamLimits } from '../testing/fake-app.ts';
import { readingOf } from '../testing/readings-said.ts';
import { type HubParts, streamHub } from './hub.ts';

const readings = streams.filter(({ kind }) => kind === 'readings');

const hubOver = (more: Partial<HubParts> = {}) =>
  streamHub({
    ...{ log: memoryLog(topics), codec: avroCodec(events), logger: silentLogger, kinds: streams },
    ...{ authenticator: 'off', shownUntil: async () => [], limits: usualStreamLimits, lookMs: 0 },
    ...more,
  });

/** What was written, and a promise for when some of it is this. */
const connected = () => {
  const closing = new AbortController();
  let written = '';
  let looks: (() => void)[] = [];
  const take = (bytes: Uint8Array): void => {
    written += Buffer.from(bytes).toString();
    for (const look of looks) look();
  };
  const connection: LiveConnection = {
    write: take,
    waiting: () => 0,
    drained: async () => undefined,
    end: (last) => {
      take(last);
      closing.abort();
    },
    closed: closing.signal,
  };
  const until = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (written.includes(text)) resolve(written);
      };
      looks = [...looks, look];
      look();
    });
  return { connection, until, leave: () => closing.abort() };
};

const join = (hub: ReturnType<typeof hubOver>, connection: LiveConnection, lastId?: string, shownBy?: string): void =>
  hub.join({
    ...{ connection, lastId, shownBy, identity: undefined, shown: undefined },
    wanted: { kinds: readings, types: new Set(), filters: new Map() },
  });

test('a feed that cannot go on ends who waits for it, and another one begins anew', async () => {
  const log = memoryLog(topics);
  let isBroken = true;
  const positions: typeof log.positions = async (topic) => {
    if (isBroken) throw new LogTruncated(topic, 0, 0n, 1n);
    return log.positions(topic);
  };
  const hub = hubOver({ log: { ...log, positions } });
  const first = connected();
  join(hub, first.connection);
  await first.until('{"reason":"failed"}');
  assert.equal(hub.counters.now().clients, 0);
  isBroken = false;
  const second = connected();
  join(hub, second.connection);
  await second.until('event: ready');
  await log.append([readingOf('node_1', { value: 7 })]);
  await second.until('"value":7');
  await hub.close();
});

test('a log that is away for a while is waited for', async () => {
  const log = memoryLog(topics);
  let failures = 2;
  const positions: typeof log.positions = async (topic) => {
    failures -= 1;
    if (failures >= 0) throw new TransientFailure('away', 'the log is away');
    return log.positions(topic);
  };
  const hub = hubOver({ log: { ...log, positions } });
  const client = connected();
  join(hub, client.connection);
  await client.until('event: ready');
  await hub.close();
});

test('who leaves while nobody knows yet where the log ends keeps nothing open', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<never[]>();
  const positions = async (): Promise<never[]> => {
    asked.resolve();
    return answer.promise;
  };
  const hub = hubOver({ log: { ...memoryLog(topics), positions } });
  const client = connected();
  join(hub, client.connection);
  await asked.promise;
  client.leave();
  assert.equal(hub.counters.now().clients, 0);
  answer.resolve([]);
  await hub.close();
});

test('an event comes when the read model that was asked for shows it', async () => {
  const log = memoryLog(topics);
  let isShown = false;
  const shownUntil = async (_: string, topic: string): Promise<readonly bigint[]> =>
    isShown ? (await log.positions(topic)).map(({ next }) => next) : [];
  const hub = hubOver({ log, shownUntil });
  const [late, early] = [connected(), connected()];
  join(hub, late.connection, undefined, 'readings');
  join(hub, early.connection);
  await Promise.all([late.until('event: ready'), early.until('event: ready')]);
  await log.append([readingOf('node_1', { value: 7 })]);
  await early.until('"value":7');
  assert.doesNotMatch(await late.until('event: ready'), /"value":7/);
  isShown = true;
  await late.until('"value":7');
  await hub.close();
});

test('what of the missed is no longer kept is a resync', async () => {
  const log = memoryLog(topics);
  const hub = hubOver({ log });
  const first = connected();
  join(hub, first.connection);
  await first.until('event: ready');
  await log.append([readingOf('node_1', { value: 1 })]);
  const written = await first.until('"value":1');
  first.leave();
  const [, lastId = ''] = /^id: (.+)\nevent: ready/m.exec(written) ?? [];
  const [filled] = (await log.positions('plenum.ceiling.readings')).filter(({ next }) => next > 0n);
  log.truncate('plenum.ceiling.readings', filled?.partition ?? 0, 1n);
  const again = connected();
  join(hub, again.connection, lastId);
  assert.match(await again.until('event: ready'), /event: resync\ndata: {"reason":"no-longer-kept"}/);
  await hub.close();
});
