import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import type { ClientRefusedData } from '@plenum/device';
import type { Event } from '@plenum/event';
import { type ControlledLog, controlledLog, manualTimer, silentLogger } from '@plenum/runtime/testing';
import { type RefusalReporterParts, refusalReporter } from './refusal-reporter.ts';
import type { Refusal } from './refusal-throttle.ts';

const codec = avroCodec(events);
const minute = 60_000;
const startMs = Date.UTC(2026, 2, 4, 9);

const reporting = (t: TestContext | undefined, limits: RefusalReporterParts['limits'] = {}) => {
  const timer = manualTimer();
  const log = controlledLog();
  const reporter = refusalReporter({
    ...{ log, codec, timer, replica: 'a', clock: { nowUs: () => (startMs + timer.nowMs()) * 1000 } },
    ...{ logger: silentLogger, limits },
  });
  t?.after(async () => {
    const closed = reporter.close();
    await timer.advance(minute);
    await closed;
  });
  return { timer, log, reporter };
};

const refusal = (clientId: string, more: Partial<Refusal> = {}): Refusal => ({
  ...{ clientId, code: 'no-credentials', why: 'it did not sign in', admitted: true },
  ...more,
});

const logged = ({ records }: ControlledLog): readonly Event<ClientRefusedData>[] =>
  records.map((record) => {
    const decoded = codec.decode({ ...record, offset: 0n });
    assert.ok(decoded.outcome === 'event', JSON.stringify(decoded));
    return decoded.event as Event<ClientRefusedData>; // The reporter appends nothing else.
  });

const said = (log: ControlledLog): readonly string[] =>
  logged(log).map(({ data: { client_id, code, count } }) => `${client_id} ${code} ${count}`);

describe('refusalReporter', () => {
  it('reports a client at once, and then once a minute how often it was refused and why the last time', async (t) => {
    const { timer, log, reporter } = reporting(t);
    reporter.refused(refusal('n1'));
    await timer.advance(10_000);
    assert.deepEqual(said(log), ['n1 no-credentials 1']);
    const [first] = logged(log);
    assert.partialDeepStrictEqual(first, { source: 'bridge/a', effectiveTimeUs: startMs * 1000 });
    assert.partialDeepStrictEqual(first?.data, { node_id: undefined, admitted: true, replica: 'a' });
    for (let n = 0; n < 4; n += 1) reporter.refused(refusal('n1'));
    await timer.advance(10_000);
    const wrong = { nodeId: 'n1', code: 'wrong-credentials', why: 'its key is none', admitted: false };
    reporter.refused(refusal('n1', wrong));
    await timer.advance(5 * minute);
    assert.deepEqual(said(log), ['n1 no-credentials 1', 'n1 wrong-credentials 5']);
    const last = logged(log)[1];
    assert.equal(last?.effectiveTimeUs, (startMs + 20_000) * 1000);
    assert.partialDeepStrictEqual(last?.data, { node_id: 'n1', why: 'its key is none', admitted: false });
    assert.deepEqual(reporter.counts(), { appended: 2, dropped: 0, unreported: 0 });
  });

  it('reports a hundred clients a second, and all of those that came at once', async (t) => {
    const { timer, log, reporter } = reporting(t);
    for (let n = 0; n < 1_000; n += 1) reporter.refused(refusal(`n${n}`));
    await timer.advance(1_000);
    assert.deepEqual(log.batches, [100]);
    await timer.advance(11_000);
    assert.deepEqual(new Set(said(log)).size, 1_000);
    assert.ok(Math.max(...log.batches) <= 200, `${log.batches}`);
  });

  it('counts what it could not report since too many others came', async (t) => {
    const { timer, log, reporter } = reporting(t, { clientsMax: 150 });
    for (let n = 0; n < 1_000; n += 1) reporter.refused(refusal(`n${n}`));
    await timer.advance(minute);
    const { appended, unreported } = reporter.counts();
    assert.equal(appended, said(log).length);
    assert.ok(unreported > 0);
    assert.equal(appended + unreported, 1_000);
  });

  it('says of no client that it is what no node can be called', async (t) => {
    const { timer, log, reporter } = reporting(t);
    const ids = ['n1', 'x'.repeat(60_000), 'all', 'ö', 'a+b'];
    for (const nodeId of ids) reporter.refused(refusal(`of ${nodeId.slice(0, 3)}`, { nodeId, code: 'unknown-node' }));
    await timer.advance(1_000);
    assert.deepEqual(
      logged(log).map(({ data }) => data.node_id),
      ['n1', ...Array.from({ length: 4 }, () => undefined)],
    );
  });

  it('returns at once while the log is away, and reports when it is back', async (t) => {
    const { timer, log, reporter } = reporting(t);
    log.fail();
    reporter.refused(refusal('n1'));
    await timer.advance(2_000);
    reporter.refused(refusal('n2'));
    await timer.advance(10_000);
    assert.deepEqual(said(log), []);
    log.heal();
    await timer.advance(10_000);
    assert.deepEqual(said(log), ['n1 no-credentials 1', 'n2 no-credentials 1']);
  });

  it('appends the last of it when it is closed, and takes nothing more', async () => {
    const { timer, log, reporter } = reporting(undefined);
    reporter.refused(refusal('n1'));
    await timer.advance(1_000);
    reporter.refused(refusal('n1'));
    reporter.refused(refusal('n2'));
    await reporter.close();
    reporter.refused(refusal('n3'));
    await timer.advance(5 * minute);
    assert.deepEqual(said(log).toSorted(), ['n1 no-credentials 1', 'n1 no-credentials 1', 'n2 no-credentials 1']);
    await reporter.finished;
  });

  it('does not wait for ever for a log that does not answer when it is closed', async () => {
    const { timer, log, reporter } = reporting(undefined);
    log.hold();
    reporter.refused(refusal('n1'));
    await timer.advance(1_500);
    const closed = reporter.close();
    await timer.advance(2_000);
    await closed;
    assert.deepEqual(reporter.counts(), { appended: 0, dropped: 1, unreported: 0 });
  });

  it('ends with a bug', async () => {
    const { timer, log, reporter } = reporting(undefined);
    log.fail(new TypeError('a bug'));
    reporter.refused(refusal('n1'));
    await timer.advance(1_000);
    await assert.rejects(reporter.finished, { message: 'a bug' });
    await reporter.close();
  });
});
