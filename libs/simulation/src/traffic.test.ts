import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { observe, sensorTypes } from '@plenum/ceiling';
import { utc } from '@plenum/event';
import fc from 'fast-check';
import { disturbances, expectedOf, latenessUs, type SimulatedMessage, type TrafficPlan, traffic } from './index.ts';
import { malformations } from './malformed.ts';

const nowUs = Date.UTC(2026, 2, 4, 9, 15) * 1000;
const usual: TrafficPlan = {
  seed: 7,
  nodes: 20,
  messages: 4_000,
  shares: { malformed: 0.01, again: 0.02, late: 0.01, reordered: 0.03 },
};

describe('traffic', () => {
  it('keeps its shares to the message', () => {
    const share = fc.integer({ min: 0, max: 20 }).map((percent) => percent / 100);
    const shares = fc.record({ malformed: share, again: share, late: share, reordered: share });
    const plan = fc.record({ seed: fc.nat(), nodes: fc.integer({ min: 1, max: 50 }), shares });
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 20 }), (given, hundreds) => {
        const messages = 500 + hundreds * 100;
        const sent = all({ ...given, messages });
        assert.equal(sent.length, messages);
        for (const kind of disturbances) {
          const wanted = Math.round(given.shares[kind] * messages);
          assert.equal(sent.filter((message) => message.kind === kind).length, wanted, kind);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same seed and clock, and another for another seed', () => {
    assert.deepEqual(all(usual), all(usual));
    assert.notDeepEqual(all(usual), all({ ...usual, seed: 8 }));
  });

  it('is new events in the same shape when the clock has moved on', () => {
    const first = all(usual);
    const second = all(usual, nowUs + 60_000_000);
    const shape = ({ n, node, topic, kind }: SimulatedMessage) => ({ n, node, topic, kind });
    assert.deepEqual(second.map(shape), first.map(shape));
    const ids = new Set(first.map(idOf));
    assert.deepEqual(
      second.filter((message) => message.kind !== 'malformed' && ids.has(idOf(message))),
      [],
    );
  });

  it('lists the ids that observing gives, whenever the message arrives', () => {
    for (const message of all(usual)) {
      const receivedTimeUs = nowUs + message.n * 1_000;
      const observed = observe(
        { ...message, receivedTimeUs },
        { zone: utc, sha1, newId: () => assert.fail('a new id') },
      );
      const expected = expectedOf(message, { zone: utc, sha1 });
      assert.equal(observed.outcome, expected.outcome);
      assert.equal(observed.outcome, message.kind === 'malformed' ? 'quarantine' : 'event', message.topic);
      if (observed.outcome === 'event' && expected.outcome === 'event')
        assert.equal(observed.event.id, expected.eventId);
    }
  });

  it('gives every event one id, and copies the id of what they copy', () => {
    const seen = new Set<string>();
    for (const message of all(usual)) {
      const id = idOf(message);
      assert.equal(seen.has(id), message.kind === 'again', `message ${message.n}`);
      seen.add(id);
    }
  });

  it('spoils messages in every way, each refused with its code', () => {
    const codes = all(usual)
      .filter(({ kind }) => kind === 'malformed')
      .map((message) => expectedOf(message, { zone: utc, sha1 }))
      .map((expected) => (expected.outcome === 'quarantine' ? expected.code : 'understood'));
    assert.deepEqual(new Set(codes), new Set(malformations.map(({ code }) => code)));
  });

  it('has every node register first, and every sensor of it measure', () => {
    const sent = all(usual);
    for (const [index, message] of sent.slice(0, usual.nodes).entries()) {
      assert.deepEqual([message.kind, message.retain, message.node], ['registration', true, index]);
    }
    const topics = new Set(sent.filter(({ kind }) => kind === 'reading').map(({ topic }) => topic));
    assert.equal(topics.size, usual.nodes * sensorTypes.length);
    assert.ok(sent.some(({ kind }) => kind === 'status'));
  });

  it('measures late and reordered readings before those around them', () => {
    const timeOf = (message: SimulatedMessage): number => {
      const observed = observe({ ...message, receivedTimeUs: nowUs }, { zone: utc, sha1, newId: () => '' });
      return observed.outcome === 'event'
        ? (observed.event.data as { device_time: number }).device_time
        : assert.fail();
    };
    const latest = new Map<string, number>();
    for (const message of all(usual)) {
      if (message.kind === 'malformed' || message.kind === 'again') continue;
      const timeUs = timeOf(message);
      if (message.kind === 'late') assert.equal(timeUs, nowUs + message.n - 1 - latenessUs);
      if (message.kind === 'reordered') assert.ok(timeUs < (latest.get(message.topic) ?? 0), `message ${message.n}`);
      latest.set(message.topic, timeUs);
    }
  });
});

const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);

const idOf = (message: SimulatedMessage): string => {
  const expected = expectedOf(message, { zone: utc, sha1 });
  return expected.outcome === 'event' ? expected.eventId : Buffer.from(message.payload).toString('latin1');
};

const all = (plan: TrafficPlan, clockUs = nowUs): readonly SimulatedMessage[] => {
  const { next } = traffic(plan);
  const sent: SimulatedMessage[] = [];
  // The clock stands still; times have to differ all the same.
  for (let message = next(clockUs); message !== undefined; message = next(clockUs)) sent.push(message);
  return sent;
};
