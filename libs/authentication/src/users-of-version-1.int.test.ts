/** What the log has of users from before their names were encrypted: plain text, which still makes the same rows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { authorizationReads, authorizationTables, user, users, usersProjection } from '@plenum/access';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { type DecidedEvent, type Event, personal, personalText, storedBytes } from '@plenum/event';
import { inTransaction, migrateInline } from '@plenum/postgres';
import { testDatabase } from '@plenum/postgres/testing';
import { foldProjection, rebuildInline, type Sql } from '@plenum/read-model';
import { decisionHeaders, decryptEvents, showPersonal } from '@plenum/runtime';
import { testPersonal } from './testing/test-personal.ts';

type Golden = { readonly key: string; readonly source: string; readonly hex: string };

/** The bytes of a golden file, as the log would give them back. */
const recorded = (file: string, version: number): DecidedEvent => {
  const url = new URL(`../../../schemas/access/${file}.golden.json`, import.meta.url);
  const { key, source, hex } = JSON.parse(readFileSync(url, 'utf8')) as Golden; // As the golden tests read them.
  const decision = { stream: key, version, organisation: 'default', commandId: `c${version}` };
  const headers = {
    ...{ ce_id: `00000000-0000-7000-8000-${String(version).padStart(12, '0')}`, ce_source: source },
    ...{ ce_time: '2026-03-04T09:15:02.118204Z', ...decisionHeaders(decision) },
  };
  const value = Buffer.from(hex, 'hex');
  const seen = codec.decode({ key, headers, offset: 0n, timestampMs: 1_772_615_703_000, value });
  assert.ok(seen.outcome === 'event', JSON.stringify(seen));
  return { ...seen.event, decision };
};

const codec = avroCodec(events);
const userId = '0190a7f0-2222-7abc-8def-000000000002';
const named = { login: 'Ana.Peric@site', name: 'Ana Perić', email: 'ana@example.org' };

for (const [created, importedId] of [
  ['user-created.v1', undefined],
  ['user-created.v2', 'ana-17'],
] as const) {
  it(`${created} and user-changed.v1 fold into rows and states as they always did`, async (t) => {
    const { pool } = await testDatabase(t);
    const parts = await testPersonal(t, { pool });
    const happened: readonly Event[] = await decryptEvents(
      [recorded(created, 1), recorded('user-changed.v1', 2)],
      parts,
    );
    const state = happened.reduce(user.evolve, user.initial);
    const { login, name, email } = state?.fields ?? {};
    assert.deepEqual({ login: personalText(login), name: personalText(name), email: personalText(email) }, named);
    assert.equal(personalText(state?.importedId), importedId);

    const entries = happened.map((event, index) => ({ event, partition: 0, offset: BigInt(index) }));
    const row = foldProjection(usersProjection, entries).get('users')?.get(userId);
    assert.partialDeepStrictEqual(row, { user_id: userId, role: 'operator', is_active: true, stream_version: 2 });
    assert.deepEqual(row?.login, storedBytes(personal(named.login)));
    const stored = [{ user_id: userId, ...pick(row ?? {}) }];
    const shown = await showPersonal(parts)(stored, { table: users.table, names: personalNames });
    assert.deepEqual(shown, [{ user_id: userId, ...named, imported_id: importedId ?? null }]);

    await migrateInline(pool, authorizationTables);
    const found = await inTransaction(pool, async (client) => {
      const sql: Sql = async <R>(text: string, parameters: readonly unknown[] = []) =>
        (await client.query(text, [...parameters])).rows as R[]; // The statement names its columns.
      await rebuildInline(sql, [authorizationTables], happened);
      return authorizationReads(sql).named(['ANA.peric@site', importedId ?? userId]);
    });
    assert.deepEqual(
      found.map(({ user_id }) => user_id),
      [userId, userId],
    );
  });
}

const personalNames = ['login', 'name', 'email', 'imported_id'] as const;

const pick = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(personalNames.map((name) => [name, row[name] ?? null])) as {
    readonly [Name in (typeof personalNames)[number]]: unknown;
  };
