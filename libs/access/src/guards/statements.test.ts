import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fact, type NewFact } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import { ApiKeyUsed } from '../keys/key-events.ts';
import { SessionEnded, SessionStarted } from '../sessions/session-events.ts';
import { eventsOf } from '../testing/decided-events.ts';
import { LoginClaimed, UserDisabled } from '../users/user-events.ts';
import { VerifierWithdrawn } from '../verifiers/verifier-events.ts';
import { guardStatements, rebuildGuards, writeGuards } from './statements.ts';

const disabled = fact(UserDisabled, { user_id: 'u', by: 'boss' });
const started = fact(SessionStarted, {
  token_id: 't',
  user_id: 'u',
  role: 'guest',
  permissions: ['read:sensors'],
  expires_at: 2_000_000,
  device_info: undefined,
});
const ended = fact(SessionEnded, { token_id: 't', user_id: 'u', reason: 'logged-out', by: 'u' });

const placed = (happened: NewFact) => ({ ...happened, version: 3, effectiveTimeUs: 1_000_000 });

/** Remembers what it was told to do. */
const listening = () => {
  const heard: (readonly [text: string, parameters: readonly unknown[]])[] = [];
  const sql: Sql = async (text, parameters = []) => {
    heard.push([text.replace(/\s+/g, ' ').trim(), parameters]);
    return [];
  };
  return { sql, heard };
};

describe('the guards', () => {
  it('are changed by what a door asks for, and those who listen hear which stream it was', () => {
    const [update, told] = guardStatements(placed(disabled));
    assert.match(update?.text ?? '', /^update plenum_access\.guard_user set stream_version = \$2, disabled = \$3/);
    assert.deepEqual(update?.parameters, ['u', 3, true]);
    assert.deepEqual(told?.parameters, ['user-u']);
  });

  it('know nothing of what no door asks for', () => {
    for (const happened of [
      fact(ApiKeyUsed, { key_id: 'k', count: 1, last_used: 1 }),
      fact(LoginClaimed, { login_hash: 'h', user_id: 'u' }),
      { type: 'plenum.access.NothingWeKnow', data: {} },
    ]) {
      assert.deepEqual(guardStatements(placed(happened)), []);
    }
  });

  it('forget a verifier that was withdrawn', () => {
    const [update] = guardStatements(placed(fact(VerifierWithdrawn, { subject: 'k', by: 'boss' })));
    assert.deepEqual(update?.parameters, ['k', 3, null, null]);
  });

  it('are brought up to each version of a decision in turn', async () => {
    const { sql, heard } = listening();
    await writeGuards(sql, { events: eventsOf('session-t', [started, ended]), version: 2 });
    assert.deepEqual(
      heard.map(([, parameters]) => parameters),
      [
        ['t', 'u', '["read:sensors"]', '1970-01-01T00:00:01.000000Z', '1970-01-01T00:00:02.000000Z', 1],
        ['session-t'],
        ['t', 2, true],
        ['session-t'],
      ],
    );
  });

  it('are made again from everything that was decided, counting what reached them', async () => {
    const { sql, heard } = listening();
    const [reported] = eventsOf('user-u', [disabled]);
    assert.ok(reported);
    const { decision: _, ...undecided } = reported;
    const used = fact(ApiKeyUsed, { key_id: 'k', count: 1, last_used: 1 });
    const events = [...eventsOf('session-t', [started, ended]), ...eventsOf('key-k', [used]), undecided];
    assert.deepEqual(await rebuildGuards(sql, events), { facts: 2 });
    assert.match(heard[0]?.[0] ?? '', /^truncate plenum_access\.guard_user, /);
    assert.ok(
      heard.every(([text]) => !text.includes('login_attempt')),
      'what was counted is nowhere else',
    );
  });
});
