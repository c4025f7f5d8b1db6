import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SecurityEventSeenData } from '@plenum/access';
import { SecurityEventSeen } from '@plenum/access';
import { type NewRecord, TransientFailure } from '@plenum/runtime';
import { jsonCodec, silentLogger } from '@plenum/runtime/testing';
import { openSecurityLog, type SecurityLogLimits } from './security-log.ts';
import { failureOf, successOf } from './sightings.ts';

const codec = jsonCodec([SecurityEventSeen]);
const random = { bytes16: () => new Uint8Array(16) };

type Append = (records: readonly NewRecord[]) => Promise<readonly []>;

const world = (append: Append, limits: Partial<SecurityLogLimits> = {}) => {
  let nowUs = 1_772_615_702_118_204;
  const clock = { nowUs: () => nowUs };
  const log = openSecurityLog({ log: { append }, codec, logger: silentLogger, clock, random, limits });
  const minuteLater = (): void => {
    nowUs += 60_000_000;
  };
  return { log, minuteLater };
};

const from = (address: string) => ({ address, userAgent: 'curl', resource: '/api/v1/nodes' });

const keeping = () => {
  const kept: SecurityEventSeenData[] = [];
  const append: Append = async (records) => {
    for (const record of records) {
      const decoded = codec.decode({ ...record, offset: 0n });
      assert.ok(decoded.outcome === 'event');
      kept.push(decoded.event.data as SecurityEventSeenData); // Nothing else is appended here.
    }
    return [];
  };
  return { kept, append };
};

describe('security events', () => {
  it('come into the log: a success a minute, the first failures, and how many more there were', async () => {
    const { kept, append } = keeping();
    const { log } = world(append);
    for (let times = 0; times < 100; times += 1) {
      log.see(successOf(from('192.0.2.1'), { userId: 'ana', organisation: 'acme' }, 'session'));
      log.see(failureOf(from('192.0.2.2'), { method: 'api_key', why: 'unknown' }));
    }
    await log.close();
    const failures = kept.filter(({ success }) => !success);
    assert.equal(kept.length - failures.length, 1);
    assert.deepEqual(
      failures.map(({ occurrences }) => occurrences),
      [1, 1, 1, 1, 1, 95],
    );
    assert.deepEqual([log.dropped(), log.waiting()], [0, 0]);
  });

  it('wait within bounds while the log hangs, and what is too much is counted', async () => {
    const { log } = world(() => new Promise(() => undefined), { waitingMax: 100, closeMs: 10 });
    for (let identity = 0; identity < 250; identity += 1)
      log.see(successOf(from('192.0.2.1'), { userId: `id ${identity}`, organisation: 'acme' }, 'session'));
    assert.equal(log.waiting(), 100);
    assert.equal(log.dropped(), 150);
    await log.close();
    assert.equal(log.dropped(), 250);
  });

  it('go in when the log is back, none twice and none missing', async () => {
    const { kept, append } = keeping();
    let failures = 2;
    const { log } = world(async (records) => {
      failures -= 1;
      if (failures >= 0) throw new TransientFailure('08006', 'gone');
      return append(records);
    });
    for (let identity = 0; identity < 20; identity += 1)
      log.see(successOf(from('192.0.2.1'), { userId: `id ${identity}`, organisation: 'acme' }, 'session'));
    await log.close();
    assert.deepEqual(
      kept.map(({ user_id }) => user_id),
      Array.from({ length: 20 }, (_, identity) => `id ${identity}`),
    );
    assert.equal(log.dropped(), 0);
  });

  it('that the log will never take are dropped, and keep back no others', async () => {
    const { kept, append } = keeping();
    const { log } = world(async (records) => {
      const texts = records.map(({ value }) => new TextDecoder().decode(value ?? new Uint8Array()));
      if (texts.some((text) => text.includes('id 3'))) throw new Error('too large');
      return append(records);
    });
    for (let identity = 0; identity < 6; identity += 1)
      log.see(successOf(from('192.0.2.1'), { userId: `id ${identity}`, organisation: 'acme' }, 'session'));
    await log.close();
    assert.deepEqual(
      kept.map(({ user_id }) => user_id),
      ['id 0', 'id 1', 'id 2', 'id 4', 'id 5'],
    );
    assert.equal(log.dropped(), 1);
  });
});
