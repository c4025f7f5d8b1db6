/** In which order registrations are published, how many at a time, and when it is given up; over a broker and tables in memory. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ownDigest,
  type RegistrationReads,
  registrationTopic,
  type SettledRegistration,
  type WantedRegistration,
} from '@plenum/device';
import { metricsRegistry } from '@plenum/metrics';
import { type DeviceMessages, type Retention, TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { sha256 } from './own-registrations.ts';
import { countingRegistrations } from './registration-counts.ts';
import { registerRegistrationMetrics } from './registration-metrics.ts';
import { registrationRounds } from './registration-rounds.ts';

describe('a round of registrations', () => {
  it('publishes nothing that was read before another one has published since', async () => {
    const site = siteOf();
    site.decide('a', 1);
    const reading = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    const rounds = site.rounds({
      page: async (after, limit) => {
        const rows = await site.reads.page(after, limit);
        read.resolve();
        await reading.promise;
        return rows;
      },
    });
    const comparing = rounds.compare();
    await read.promise;
    site.decide('a', 2);
    const looking = rounds.look(['a']);
    reading.resolve();
    await Promise.all([comparing, looking]);
    assert.deepEqual(site.firmwares(), ['1', '2']);
  });

  it('publishes nothing when the lease is over, and gives up what has not left with it', async () => {
    const site = siteOf();
    site.decide('a', 1);
    site.holding.held = false;
    await assert.rejects(site.rounds().look(['a']), TransientFailure);
    assert.deepEqual(site.published, []);
    site.holding.held = true;
    await site.rounds().look(['a']);
    assert.equal(site.giveUps[0], site.stop);
  });

  it('remembers a removal before it, and what was published after it', async () => {
    const site = siteOf();
    site.decide('a', 1);
    const rounds = site.rounds();
    await rounds.look(['a']);
    site.decide('a', 2, 'removed');
    await rounds.look(['a']);
    assert.deepEqual(site.happened, [
      'retain a',
      'remember a published',
      'remember a removing',
      'take away a',
      'remember a removed',
    ]);
  });

  it('remembers what was taken, and tries again what nobody has answered', async () => {
    const site = siteOf();
    for (const id of ['a', 'b']) site.decide(id, 1);
    site.answer = (nodeId) => (nodeId === 'a' ? { outcome: 'unknown' } : { outcome: 'kept' });
    await assert.rejects(site.rounds().look(['a', 'b']), TransientFailure);
    assert.deepEqual([...site.remembered.keys()], ['b']);
  });

  it('that is refused twenty times ends there, and the next one goes on behind them', async () => {
    const site = siteOf();
    const nodeIds = Array.from({ length: 50 }, (_, n) => `n${String(n).padStart(2, '0')}`);
    for (const id of nodeIds) site.decide(id, 1);
    site.answer = () => ({ outcome: 'refused', reason: 0x87 });
    const rounds = site.rounds();
    await rounds.compare();
    assert.deepEqual(site.published, nodeIds.slice(0, 20));
    assert.equal(site.counting.counts().comparisons, 0);
    await rounds.compare();
    assert.deepEqual(site.published, nodeIds.slice(0, 40));
    site.answer = () => ({ outcome: 'kept' });
    await rounds.compare();
    await rounds.compare();
    assert.deepEqual([...site.remembered.keys()].toSorted(), nodeIds);
    const metrics = metricsRegistry();
    registerRegistrationMetrics(metrics, () => ({ ...site.counting.counts(), keeps: true }));
    const shown = await metrics.text();
    assert.match(shown, /^plenum_bridge_registrations_kept 1$/m);
    assert.match(shown, /^plenum_bridge_registrations_total\{outcome="refused"\} 40$/m);
    assert.match(shown, /^plenum_bridge_registrations_total\{outcome="published"\} 50$/m);
    assert.match(shown, /^plenum_bridge_registrations_comparisons_total 1$/m);
  });

  it('looks again for a row that is not there yet, each time later, and then no more', async () => {
    const site = siteOf();
    const rounds = site.rounds({ behind: async (nodeIds) => nodeIds });
    await rounds.look(['a']);
    for (let n = 0; n < 7; n += 1) await rounds.lookAgain(['a']);
    assert.deepEqual(site.again, [200, 400, 800, 1_600, 3_200, 6_400, 12_800]);
    await rounds.look(['a']);
    assert.equal(site.again.at(-1), 200);
  });

  it('of all nodes looks again for those whose row is not there yet', async () => {
    const site = siteOf();
    const rounds = site.rounds({ behind: async (nodeIds) => nodeIds, anyBehind: async () => ['a', 'b'] });
    await rounds.look(['b']);
    await rounds.compare();
    assert.deepEqual(site.again, [200, 200]);
    assert.equal(site.counting.counts().comparisons, 1);
  });
});

const siteOf = () => {
  const rows = new Map<string, Omit<WantedRegistration, 'published'>>();
  const remembered = new Map<string, SettledRegistration>();
  const retained = new Map<string, Uint8Array>();
  const [published, happened, again]: [string[], string[], number[]] = [[], [], []];
  const giveUps: (AbortSignal | undefined)[] = [];
  const bytes: Uint8Array[] = [];
  const counting = countingRegistrations();
  const { signal: stop } = new AbortController();
  const due = (): readonly WantedRegistration[] =>
    [...rows.values()]
      .filter(({ node_id, stream_version }) => (remembered.get(node_id)?.stream_version ?? 0) < stream_version)
      .map((row) => ({ ...row, published: remembered.get(row.node_id) }));
  const reads: RegistrationReads = {
    due: async (nodeIds) => due().filter(({ node_id }) => nodeIds.includes(node_id)),
    page: async (after = '', limit) =>
      due()
        .filter(({ node_id }) => node_id > after)
        .slice(0, limit),
    behind: async () => [],
    anyBehind: async () => [],
    removed: async () => [],
    remember: async (settled) => {
      for (const one of settled) {
        happened.push(`remember ${one.node_id} ${one.state}`);
        // What is under way has no say in what is due.
        if (one.state !== 'removing') remembered.set(one.node_id, one);
      }
    },
  };
  const site = {
    ...{ reads, remembered, published, happened, again, giveUps, counting, stop },
    holding: { held: true },
    answer: (_nodeId: string): Retention => ({ outcome: 'kept' }),
    firmwares: () => bytes.map((one) => JSON.parse(String(Buffer.from(one))).firmware_version),
    decide: (node_id: string, stream_version: number, state: 'enrolled' | 'removed' = 'enrolled'): void => {
      const said = { location: {}, sensors: [], firmware_version: `${stream_version}`, capabilities: {} };
      const node = { node_id, ...said, disabled: false, enrolled_at: '2026-03-04T09:15:02.118204Z' };
      const wanted = { node_id, stream_version, hasSpokenSince: false };
      rows.set(node_id, { ...wanted, node: state === 'removed' ? undefined : node });
    },
    rounds: (more: Partial<RegistrationReads> = {}) =>
      registrationRounds({
        ...{ devices, counting, stop, logger: silentLogger, reads: { ...reads, ...more } },
        own: { removed: () => undefined, published: () => undefined },
        isHeld: () => site.holding.held,
        lookAgain: (_, afterMs) => void again.push(afterMs),
      }),
  };
  const devices: Pick<DeviceMessages, 'retain' | 'retainedOn'> = {
    retain: async (topic, payload, giveUp) => {
      const nodeId = nodeOf(topic);
      happened.push(`${payload.length > 0 ? 'retain' : 'take away'} ${nodeId}`);
      published.push(nodeId);
      giveUps.push(giveUp);
      bytes.push(payload);
      assert.equal(ownDigest(topic, payload, sha256) !== undefined, payload.length > 0);
      const answer = site.answer(nodeId);
      if (answer.outcome === 'kept') retained.set(topic, payload);
      return answer;
    },
    retainedOn: async (topic) => retained.get(topic),
  };
  return site;
};

const nodeOf = (topic: string): string => {
  const nodeId = topic.split('/')[2] ?? '';
  assert.equal(registrationTopic(nodeId), topic);
  return nodeId;
};
