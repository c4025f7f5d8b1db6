/** What holds for every table that decisions make: it says what the deciders say, however often an event is sent. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Decider, storedBytes } from '@plenum/event';
import { type FoldedTables, folding, foldProjection, type Projection, type Row } from '@plenum/read-model';
import { decidedOf, eventsOf, recorded, sentAgain } from '@plenum/read-model/testing';
import fc from 'fast-check';
import {
  type CredentialHashCommand,
  type CredentialHashState,
  credentialHashOf,
} from './credential-hashes/credential-hash-of.ts';
import { credentialHashesProjection } from './credential-hashes/credential-hashes-projection.ts';
import { apiKey, type KeyCommand, type KeyState } from './keys/api-key.ts';
import { apiKeysProjection } from './keys/api-keys-projection.ts';
import type { Role } from './permissions.ts';
import { jwtTokensProjection } from './sessions/jwt-tokens-projection.ts';
import { type SessionCommand, type SessionState, session } from './sessions/session.ts';
import { credentialStream, keyStream, sessionStream, userStream } from './streams.ts';
import { administrator as actor } from './testing/decider-cases.ts';
import { type UserCommand, type UserState, user } from './users/user.ts';
import { usersProjection } from './users/users-projection.ts';

type Model<State, Command> = {
  readonly projection: Projection;
  readonly decider: Decider<State, Command>;
  readonly stream: (id: string) => string;
  readonly command: (id: string) => fc.Arbitrary<Command>;
  readonly ids?: readonly string[];
  /** What the row has to say of this state. */
  readonly says: (state: State) => Row;
};

const uuids = ['0190a7f0-2222-7abc-8def-000000000001', '0190a7f0-2222-7abc-8def-000000000002'];

const check = <State, Command>({
  projection,
  decider,
  stream,
  ids = uuids,
  command,
  says,
}: Model<State, Command>): void => {
  const histories = fc.tuple(...ids.map((id) => fc.array(command(id), { maxLength: 12 })));
  const turns = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 6 });

  describe(projection.name, () => {
    it('says what was decided', () => {
      let rowsSeen = 0;
      fc.assert(
        fc.property(histories, ([...commands]) => {
          for (const [index, id] of ids.entries()) {
            const { events, state } = decidedOf(decider, commands[index] ?? []);
            const rows = rowsOf(projection, foldProjection(projection, recorded(eventsOf(stream(id), events))));
            const [row] = rows?.values() ?? [];
            if (events.length === 0) assert.equal(row, undefined);
            else assert.partialDeepStrictEqual(row, { ...says(state), stream_version: events.length });
            rowsSeen += rows?.size ?? 0;
          }
        }),
      );
      assert.ok(rowsSeen > 0, 'a check that saw no rows proves nothing');
    });

    it('is the same when events are sent again, wherever the log keeps the copies', () => {
      fc.assert(
        fc.property(histories, turns, ([...commands], again) => {
          const events = ids.flatMap((id, index) =>
            eventsOf(stream(id), decidedOf(decider, commands[index] ?? []).events),
          );
          const once = foldProjection(projection, recorded(events));
          const twice = foldProjection(projection, recorded(sentAgain(events, again)));
          assert.deepEqual(withoutPlace(twice), withoutPlace(once));
        }),
      );
    });

    it('notices an event that is missing', () => {
      let longSeen = 0;
      fc.assert(
        fc.property(histories, fc.nat(), ([commands = []], pick) => {
          const events = eventsOf(stream('a'), decidedOf(decider, commands).events);
          if (events.length < 2) return;
          longSeen += 1;
          const missing = pick % (events.length - 1);
          const { add, tables } = folding(projection);
          const outcomes = recorded(events.toSpliced(missing, 1)).map((each) => add(each));
          assert.deepEqual(
            outcomes,
            outcomes.map((_, index) => (index < missing ? 'applied' : 'parked')),
          );
          const rows = rowsOf(projection, tables());
          const versions = rows?.values().map(({ stream_version }) => stream_version) ?? [];
          assert.deepEqual([...versions], missing === 0 ? [] : [missing], 'the row stays where the gap begins');
        }),
      );
      assert.ok(longSeen > 0, 'a check that saw no history proves nothing');
    });

    it('is not made of what the world reports, nor of other streams', () => {
      const [event] = eventsOf('other-1', [{ type: 'plenum.access.UserCreated', data: {} }]);
      assert.ok(event);
      const { decision: _, ...reported } = event;
      const rows = rowsOf(projection, foldProjection(projection, recorded([event, reported])));
      assert.equal(rows?.size, 0);
    });
  });
};

/** Of its one table, beside which it keeps how far its streams are. */
const rowsOf = ({ folds: [fold] }: Projection, tables: FoldedTables) => tables.get(fold?.table.name ?? '');

/** Two copies of an event lie at two places; everything else of the row is the same. */
const withoutPlace = (tables: ReturnType<typeof foldProjection>) =>
  [...tables].map(([name, rows]) => [name, [...rows].map(([key, row]) => [key, { ...row, log_offset: 0n }])]);

const aRole = fc.constantFrom<Role>('guest', 'operator', 'administrator');
const aTime = fc.integer({ min: 1, max: 1000 });

check<UserState, UserCommand>({
  projection: usersProjection,
  decider: user,
  stream: userStream,
  command: (userId) =>
    fc.oneof(
      fc.record({
        do: fc.constant('create' as const),
        userId: fc.constant(userId),
        login: fc.constantFrom('ana', 'Bo'),
        name: fc.constantFrom('Ana', 'Bo'),
        role: aRole,
        actor: fc.constant(actor),
      }),
      fc.record({
        do: fc.constant('change' as const),
        role: aRole,
        email: fc.constantFrom('a@b', ''),
        actor: fc.constant(actor),
      }),
      fc.constantFrom<UserCommand>({ do: 'disable', actor }, { do: 'enable', actor }, { do: 'unlock', actor }),
      fc.record({ do: fc.constant('change-password' as const), nowUs: aTime, actor: fc.constant(actor) }),
      fc.record({ do: fc.constant('lock-out' as const), untilUs: aTime, failures: fc.constant(20) }),
    ),
  says: (state) => ({
    login: state && storedBytes(state.fields.login),
    email: state?.fields.email && storedBytes(state.fields.email),
    role: state?.fields.role,
    permissions: JSON.stringify(state?.fields.permissions),
    is_active: state?.standing === 'active',
    locked_until: state?.lockedUntilUs,
  }),
});

check<KeyState, KeyCommand>({
  projection: apiKeysProjection,
  decider: apiKey,
  stream: keyStream,
  ids: ['k_1', 'k_2'],
  command: (keyId) =>
    fc.oneof(
      fc.record({
        do: fc.constant('issue' as const),
        keyId: fc.constant(keyId),
        keyHash: fc.constant('ab'),
        name: fc.constant('k'),
        role: aRole,
        nowUs: fc.constant(0),
        actor: fc.constant(actor),
      }),
      fc.record({
        do: fc.constant('change' as const),
        rateLimit: aTime,
        expiresAtUs: aTime,
        nowUs: fc.constant(0),
        actor: fc.constant(actor),
      }),
      fc.constantFrom<KeyCommand>({ do: 'disable', actor }, { do: 'enable', actor }),
      fc.record({ do: fc.constant('use' as const), count: aTime, lastUsedUs: aTime }),
      { weight: 1, arbitrary: fc.constant<KeyCommand>({ do: 'revoke', actor }) },
    ),
  says: (state) => ({
    rate_limit: state?.fields.rate_limit,
    expires_at: state?.fields.expires_at,
    is_active: state?.standing === 'active',
    is_revoked: state?.standing === 'revoked',
  }),
});

check<SessionState, SessionCommand>({
  projection: jwtTokensProjection,
  decider: session,
  stream: sessionStream,
  command: () => {
    const tokenId = 'f'.repeat(32);
    const grant = { role: 'guest', permissions: ['read:sensors'] } as const;
    return fc.constantFrom<SessionCommand>(
      { do: 'start', tokenId, userId: 'u', grant, nowUs: 1, expiresAtUs: 2 },
      { do: 'end', tokenId, reason: 'revoked', actor },
    );
  },
  says: (state) => ({ user_id: state?.userId, is_revoked: state?.standing === 'ended' }),
});

check<CredentialHashState, CredentialHashCommand>({
  projection: credentialHashesProjection,
  decider: credentialHashOf,
  stream: credentialStream,
  command: (subject) =>
    fc.oneof(
      fc.record({
        do: fc.constant('encrypt' as const),
        subject: fc.constant(subject),
        kind: fc.constant('password' as const),
        encrypted: fc.record({
          bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
          encryptedWith: fc.constant('key'),
        }),
      }),
      fc.constant<CredentialHashCommand>({ do: 'withdraw', subject, actor }),
    ),
  says: (state) => ({ kind: state?.kind, encrypted_with: state?.standing === 'encrypted' ? 'key' : undefined }),
});

it('adds up the uses of a key, of which the last was the latest', () => {
  const commands: readonly KeyCommand[] = [
    { do: 'issue', keyId: 'k_1', keyHash: 'ab', name: 'k', role: 'guest', nowUs: 0, actor },
    { do: 'use', count: 3, lastUsedUs: 50 },
    { do: 'use', count: 4, lastUsedUs: 40 },
  ];
  const rows = foldProjection(apiKeysProjection, recorded(eventsOf('key-k_1', decidedOf(apiKey, commands).events))).get(
    'api_keys',
  );
  assert.partialDeepStrictEqual(rows?.get('k_1'), { use_count: 7n, last_used: 50 });
});
