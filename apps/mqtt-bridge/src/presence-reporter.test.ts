import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { type PresenceRow, presenceProjection } from '@plenum/device';
import type { Event } from '@plenum/event';
import { foldProjection } from '@plenum/read-model';
import { type ControlledLog, controlledLog, manualTimer, silentLogger } from '@plenum/runtime/testing';
import fc from 'fast-check';
import { type PresenceReporterParts, presenceReporter } from './presence-reporter.ts';
import { clientsWatched } from './testing/clients-watched.ts';

const codec = avroCodec(events);
const minute = 60_000;
const startMs = Date.UTC(2026, 2, 4, 9);

type Differing = Partial<Pick<PresenceReporterParts, 'limits' | 'log'>>;

const reporting = (t: TestContext | undefined, differing: Differing = {}, connectedBefore: readonly string[] = []) => {
  const timer = manualTimer();
  const nowMs = () => startMs + timer.nowMs();
  const log = controlledLog();
  const clients = clientsWatched(nowMs);
  for (const clientId of connectedBefore) clients.connect(clientId);
  const reporter = presenceReporter({
    ...{ log, codec, timer, watch: clients, replica: 'a', clock: { nowUs: () => nowMs() * 1000 } },
    ...{ logger: silentLogger, config: { PRESENCE_SEEN_INTERVAL: 5 * minute } },
    ...differing,
  });
  t?.after(async () => {
    const closed = reporter.close();
    await timer.advance(minute);
    await closed;
  });
  return { timer, nowMs, log, clients, reporter };
};

const logged = ({ records }: ControlledLog): readonly Event[] =>
  records.map((record) => {
    const decoded = codec.decode({ ...record, offset: 0n });
    assert.ok(decoded.outcome === 'event', JSON.stringify(decoded));
    return decoded.event;
  });

/** Such as `n1 connected` and `n1 disconnected lost`. */
const said = (log: ControlledLog): readonly string[] =>
  logged(log).map(({ type, data }) => {
    const { client_id, reason } = data as { client_id: string; reason?: string };
    const what = type.replace('plenum.device.Client', '').toLowerCase();
    return [client_id, what, ...(reason === undefined ? [] : [reason])].join(' ');
  });

const rowsOf = (log: ControlledLog): ReadonlyMap<string, PresenceRow> => {
  const recorded = logged(log).map((event, index) => ({ event, partition: 0, offset: BigInt(index) }));
  // The projection made them.
  return (foldProjection(presenceProjection, recorded).get('device_presence') ?? new Map()) as ReadonlyMap<
    string,
    PresenceRow
  >;
};

describe('presenceReporter', () => {
  it('appends together what changes within a second', async (t) => {
    const { timer, log, clients, reporter } = reporting(t);
    clients.connect('n1', { level: 4, userName: 'ceiling', keepAliveS: 30 });
    await timer.advance(400);
    clients.connect('n2');
    clients.disconnect('n1', 'lost');
    await timer.advance(599);
    assert.deepEqual(log.batches, []);
    await timer.advance(1);
    assert.deepEqual(log.batches, [3]);
    assert.deepEqual(said(log), ['n1 connected', 'n1 disconnected lost', 'n2 connected']);
    const [begun, ended] = logged(log);
    assert.ok(begun !== undefined && ended !== undefined);
    const { connection_id, ...data } = begun.data as { connection_id: string };
    assert.deepEqual(
      { ...data },
      {
        ...{ client_id: 'n1', replica: 'a', connected_time: startMs * 1000 },
        ...{ protocol: '3.1.1', user_name: 'ceiling', keepalive_s: 30 },
      },
    );
    assert.partialDeepStrictEqual(ended.data, { connection_id, disconnected_time: (startMs + 400) * 1000 });
    assert.deepEqual([begun.source, begun.effectiveTimeUs], ['bridge/a', startMs * 1000]);
    assert.equal(begun.recordedTimeUs, (startMs + 1000) * 1000);
    assert.deepEqual(reporter.counts(), { appended: 3, dropped: 0 });
    await timer.advance(4 * minute);
    assert.deepEqual(log.batches, [3], 'nothing changed, and nothing is said');
  });

  it('begins with the clients that are connected already', async (t) => {
    const { timer, log } = reporting(t, {}, ['n1', 'n2']);
    await timer.advance(1_000);
    assert.deepEqual(said(log), ['n1 connected', 'n2 connected']);
  });

  it('says of a connected client that it is there, once an interval, and of many not at once', async (t) => {
    const { timer, log, clients } = reporting(t);
    const names = Array.from({ length: 600 }, (_, n) => `n${n}`);
    for (const name of names) clients.connect(name);
    await timer.advance(1_000);
    const before = log.records.length;
    for (let round = 0; round < 60; round += 1) {
      for (const name of names) clients.packet(name);
      await timer.advance((5 * minute) / 60);
    }
    await timer.advance(1_000);
    const seen = said(log).slice(before);
    assert.deepEqual(seen.toSorted(), names.map((name) => `${name} seen`).toSorted());
    assert.ok(Math.max(...log.batches.slice(1)) <= 600 / 20, `${log.batches}`);
    const row = rowsOf(log).get('n7');
    assert.ok(row?.connected && (row.last_seen ?? 0) > startMs * 1000);
  });

  it('says nothing of a client that sent nothing', async (t) => {
    const { timer, log, clients } = reporting(t);
    clients.connect('silent', { keepAliveS: 0 });
    clients.connect('n1');
    await timer.advance(minute);
    clients.packet('n1');
    await timer.advance(20 * minute);
    assert.deepEqual(said(log), ['silent connected', 'n1 connected', 'n1 seen']);
  });

  it('tells connections of one client apart when one takes over from the other', async (t) => {
    const { timer, nowMs, log, clients } = reporting(t);
    clients.connect('n1');
    const [old] = clients.connected();
    assert.ok(old !== undefined);
    await timer.advance(10_000);
    clients.connect('n1');
    clients.tell({ change: 'disconnected', client: old, atMs: nowMs(), because: 'taken-over' });
    await timer.advance(1_000);
    const [first, second, ended] = logged(log).map(({ data }) => (data as { connection_id: string }).connection_id);
    assert.notEqual(first, second);
    assert.equal(ended, first);
    assert.partialDeepStrictEqual(rowsOf(log).get('n1'), { connected: true, connection_id: second });
  });

  it('keeps the newest of each client while the log is away, in its order, and no more than it may', async (t) => {
    const { timer, log, clients, reporter } = reporting(t, { limits: { waitingMax: 50 } });
    log.fail();
    clients.connect('n1');
    await timer.advance(1_000); // On its way.
    for (let n = 0; n < 10; n += 1) {
      clients.disconnect('n1', 'lost');
      clients.connect('n1');
      await timer.advance(10_000);
    }
    log.heal();
    await timer.advance(6_000);
    assert.deepEqual(said(log), [
      ...['n1 connected'],
      ...['n1 disconnected lost', 'n1 connected', 'n1 disconnected lost', 'n1 connected'],
    ]);
    assert.ok(rowsOf(log).get('n1')?.connected);
    assert.deepEqual(reporter.counts(), { appended: 5, dropped: 16 });
    log.fail();
    for (let n = 0; n < 200; n += 1) clients.connect(`m${n}`);
    log.heal();
    await timer.advance(6_000);
    assert.deepEqual(
      said(log).slice(5),
      Array.from({ length: 50 }, (_, n) => `m${n + 150} connected`),
    );
  });

  it('ends connections of a bridge that is gone, but for clients that are connected here', async (t) => {
    const { timer, log, clients, reporter } = reporting(t);
    clients.connect('here');
    reporter.adopted(['away', 'here']);
    await timer.advance(1_000);
    assert.deepEqual(said(log), ['here connected', 'away disconnected server-gone']);
    assert.partialDeepStrictEqual(rowsOf(log).get('away'), { connected: false, reason: 'server-gone' });
  });

  it('appends the last of it when it is closed, and observes nothing more', async () => {
    const { log, clients, reporter } = reporting(undefined);
    clients.connect('n1');
    clients.disconnect('n1', 'shutdown');
    await reporter.close();
    assert.deepEqual(said(log), ['n1 connected', 'n1 disconnected shutdown']);
    assert.equal(clients.isWatched(), false);
    await reporter.finished;
  });

  it('does not wait for ever for a log that does not answer when it is closed', async () => {
    for (const hang of ['hold', 'fail'] as const) {
      const { timer, log, clients, reporter } = reporting(undefined);
      log[hang]();
      clients.connect('n1');
      await timer.advance(1_500);
      clients.connect('n2');
      const closed = reporter.close();
      await timer.advance(2_000);
      await closed;
      assert.deepEqual(reporter.counts(), { appended: 0, dropped: 2 }, hang);
    }
  });

  it('ends with a bug', async () => {
    const { timer, log, clients, reporter } = reporting(undefined);
    log.fail(new TypeError('a bug'));
    clients.connect('n1');
    await timer.advance(1_000);
    await assert.rejects(reporter.finished, { message: 'a bug' });
    await reporter.close();
  });

  it('leads to what is so, whatever clients and the log do', async () => {
    const step = fc.oneof(
      fc.record({ client: fc.constantFrom('a', 'b', 'c'), waitMs: fc.integer({ min: 0, max: 3_000 }) }),
      fc.constantFrom('fail', 'heal'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { timer, log, clients, reporter } = reporting(undefined);
        for (const one of steps) {
          if (typeof one === 'string') log[one]();
          else {
            const isThere = [...clients.connected()].some(({ clientId }) => clientId === one.client);
            clients[isThere ? 'disconnect' : 'connect'](one.client);
            await timer.advance(one.waitMs);
          }
        }
        log.heal();
        await timer.advance(10_000);
        await reporter.close();
        const shown = [...rowsOf(log).values()].filter(({ connected }) => connected).map(({ client_id }) => client_id);
        assert.deepEqual(shown.toSorted(), [...clients.connected()].map(({ clientId }) => clientId).toSorted());
      }),
      { numRuns: 50 },
    );
  });
});
