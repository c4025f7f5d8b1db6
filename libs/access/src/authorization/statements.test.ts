import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DecidedEvent, type NewEvent, newEvent, personal } from '@plenum/event';
import { rebuildInline, type Sql } from '@plenum/read-model';
import { eventsOf } from '@plenum/read-model/testing';
import { CredentialHashWithdrawn } from '../credential-hashes/credential-hash-events.ts';
import { ApiKeyUsed } from '../keys/key-events.ts';
import { SessionEnded, SessionStarted } from '../sessions/session-events.ts';
import { UserChanged, UserDisabled } from '../users/user-events.ts';
import { authorizationTables } from './statements.ts';

const disabled = newEvent(UserDisabled, { user_id: 'u', by: 'boss' });
const started = newEvent(SessionStarted, {
  token_id: 't',
  user_id: 'u',
  role: 'guest',
  permissions: ['read:sensors'],
  expires_at: 2_000_000,
  device_info: undefined,
});
const ended = newEvent(SessionEnded, { token_id: 't', user_id: 'u', reason: 'logged-out', by: 'u' });

const { statements } = authorizationTables;

/** As the third of its stream. */
const placed = (happened: NewEvent): DecidedEvent => {
  const [event] = eventsOf('some-stream', [happened]);
  assert.ok(event);
  return { ...event, decision: { ...event.decision, version: 3 }, effectiveTimeUs: 1_000_000 };
};

/** Remembers the statements that it was given. */
const listening = () => {
  const heard: (readonly [text: string, parameters: readonly unknown[]])[] = [];
  const sql: Sql = async (text, parameters = []) => {
    heard.push([text.replace(/\s+/g, ' ').trim(), parameters]);
    return [];
  };
  return { sql, heard };
};

describe('the authorization tables', () => {
  it('are changed by what is asked for a request, and those who listen hear which stream it was', () => {
    const [update, told] = statements(placed(disabled));
    assert.match(update?.text ?? '', /^update plenum_access\.authorized_user set stream_version = \$2, disabled = \$3/);
    assert.deepEqual(update?.parameters, ['u', 3, true]);
    assert.deepEqual(told?.parameters, ['user-u']);
  });

  it('know nothing of what is asked for no request', () => {
    for (const happened of [
      newEvent(ApiKeyUsed, { key_id: 'k', count: 1, last_used: 1 }),
      { type: 'plenum.access.NothingWeKnow', data: {} },
    ]) {
      assert.deepEqual(statements(placed(happened)), []);
    }
  });

  it('forget a credential hash that was withdrawn', () => {
    const [update] = statements(placed(newEvent(CredentialHashWithdrawn, { subject: 'k', by: 'boss' })));
    assert.deepEqual(update?.parameters, ['k', 3, null, null]);
  });

  it('note the login that a change gives up, before the row has another', () => {
    const fields = { login: personal('Bo'), name: personal('Bo'), email: undefined, role: 'guest', permissions: [] };
    const [former, update] = statements(placed(newEvent(UserChanged, { user_id: 'u', ...fields, by: 'boss' })));
    assert.match(former?.text ?? '', /insert into plenum_access\.former_login/);
    assert.deepEqual(former?.parameters, ['u', 3, 'bo', '1970-01-01T00:00:01.000000Z']);
    assert.match(update?.text ?? '', /insert into plenum_access\.authorized_user/);
  });

  it('are brought up to each version of a decision in turn', () => {
    const made = eventsOf('session-t', [started, ended]).flatMap(statements);
    assert.deepEqual(
      made.map(({ parameters }) => parameters),
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
    const used = newEvent(ApiKeyUsed, { key_id: 'k', count: 1, last_used: 1 });
    const events = [...eventsOf('session-t', [started, ended]), ...eventsOf('key-k', [used]), undecided];
    assert.deepEqual(await rebuildInline(sql, [authorizationTables], events), [{ schema: 'plenum_access', events: 2 }]);
    assert.match(heard[0]?.[0] ?? '', /^truncate plenum_access\.authorized_user, /);
    assert.ok(
      heard.every(([text]) => !text.includes('login_attempt')),
      'what was counted is nowhere else',
    );
  });
});
