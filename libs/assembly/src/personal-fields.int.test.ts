/** What names a person, all the way: decided, encrypted, recorded, read back, projected, verified, shown, and forgotten. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { personCipher } from '@plenum/credentials';
import {
  type DecidedEvent,
  defineEvent,
  defineTopic,
  type Event,
  type Personal,
  personal,
  storedBytes,
} from '@plenum/event';
import { openPool, postgresEventStore, postgresPersonKeys, query } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { personalColumn, type Table } from '@plenum/read-model';
import { decryptEvents, decryptRows, encryptEvents, personalFieldsByType, personKeys } from '@plenum/runtime';

type Named = { readonly user_id: string; readonly name: Personal; readonly mail: Personal | undefined };

const topic = defineTopic({ name: 'test.people', about: 'People.', keyedBy: 'user_id', holds: 'decisions' });
const text = { type: 'bytes', logicalType: 'personal' };
const schema = {
  ...({ type: 'record', namespace: 'test', name: 'Named' } as const),
  person: 'user_id',
  fields: [
    { name: 'user_id', type: 'string' },
    { name: 'name', type: text },
    { name: 'mail', type: ['null', text], default: null },
  ],
};
const definition = defineEvent<Named>()({ topic: topic.name, key: ({ user_id }) => user_id, schemas: [schema] });

const about = 'For the test.';
const people: Table = {
  name: 'people',
  about,
  columns: {
    user_id: { type: 'text', about },
    name: { ...personalColumn({ person: 'user_id', field: 'name', of: [definition] }), about },
  },
  key: ['user_id'],
};

const nameOfAna = 'Ana Müller-Ångström';
const mailOfAna = 'ana@example.org';
const named = (n: number, name: string, mail?: string): Event<Named> => ({
  id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  type: definition.type,
  source: 'user-ana',
  effectiveTimeUs: 0,
  recordedTimeUs: 0,
  data: { user_id: 'ana', name: personal(name), mail: mail === undefined ? undefined : personal(mail) },
});

/** As it follows a version of its stream. */
const numbered = (after: number, event: Event<Named>): DecidedEvent<Named> => ({
  ...event,
  decision: {
    ...{ stream: event.source, version: after + 1, organisation: 'default' },
    commandId: `command ${event.id}`,
  },
});

it('a name is nowhere in the database, is read with the master key, and is gone with the person’s key', async (t) => {
  const { pool, url } = await database(t);
  const [first, second] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const store = await postgresEventStore({
    pool,
    topics: [topic],
    codec: avroCodec([definition]),
    logger: silentLogger,
  });
  t.after(store.close);
  const partsWith = async (current: string, previous?: string) => {
    const table = await postgresPersonKeys({ pool: poolOf(t, url), logger: silentLogger });
    const keys = personKeys({ table, cipher: personCipher({ current, previous }) });
    t.after(keys.close);
    return { fields: personalFieldsByType([definition]), keys };
  };
  const parts = await partsWith(first);
  const record = async (expectedVersion: number, event: Event<Named>) => {
    const { events, keep } = await encryptEvents([numbered(expectedVersion, event)], parts);
    assert.ok(keep !== undefined);
    const streams = [{ stream: 'user-ana', expectedVersion, events }];
    return store.append({ commandId: `command ${event.id}`, streams, alongside: keep });
  };

  // Plain text does not get past the store's codec, even when a caller forgets to encrypt.
  const plain = {
    commandId: `command ${named(1, nameOfAna).id}`,
    streams: [{ stream: 'user-ana', expectedVersion: 0, events: [numbered(0, named(1, nameOfAna))] }],
  };
  await assert.rejects(store.append(plain), /plain text of a person must not be recorded/);
  assert.equal((await record(1, named(1, nameOfAna))).outcome, 'conflict');
  assert.equal((await parts.keys.keysOf(['ana'])).size, 0, 'what was not recorded leaves no key');
  assert.equal((await record(0, named(1, nameOfAna, mailOfAna))).outcome, 'appended');
  assert.equal((await record(1, named(2, 'Ana Ohm'))).outcome, 'appended');

  const names = async (read: typeof parts) => {
    const { events } = await store.load('user-ana');
    const seen = await decryptEvents(events, read);
    return seen.map(({ data }) => (data as Named).name);
  };
  assert.deepEqual(await names(parts), [personal(nameOfAna), personal('Ana Ohm')]);
  for (const secret of [nameOfAna, mailOfAna, 'Ana Ohm']) {
    assert.deepEqual(await tablesWith(pool, Buffer.from(secret)), [], secret);
  }
  assert.ok((await tablesWith(pool, Buffer.from('user-ana'))).length > 0, 'the search finds what is there');

  const { events } = await store.load('user-ana');
  const rows = events.map(({ data }) => ({ user_id: 'ana', name: storedBytes((data as Named).name) }));
  const shownBy = async (read: typeof parts) =>
    (await decryptRows(rows, { table: people, names: ['name'] }, read)).map(({ name }) => name);
  assert.deepEqual(await shownBy(parts), [nameOfAna, 'Ana Ohm']);

  const rotated = await partsWith(second, first);
  assert.deepEqual(await rotated.keys.rewrapAll(), { rewrapped: 1, locked: 0 });
  assert.deepEqual(await shownBy(await partsWith(second)), [nameOfAna, 'Ana Ohm']);
  const former = await partsWith(first);
  assert.deepEqual(await shownBy(former), [null, null]);
  assert.deepEqual(
    (await names(former)).map(({ state }) => state),
    ['encrypted', 'encrypted'],
    'it is not lost',
  );

  await rotated.keys.forget('ana');
  assert.deepEqual(await shownBy(rotated), [null, null]);
  assert.deepEqual(await names(rotated), [{ state: 'erased' }, { state: 'erased' }]);
});

const poolOf = (t: TestContext, url: string) => {
  const pool = openPool({ url, applicationName: 'personal fields test', connectionsMax: 3 });
  t.after(() => pool.end());
  return pool;
};

const database = async (t: TestContext) => {
  const { url } = await testServer(t);
  return { url, pool: poolOf(t, url) };
};

/** All tables of Plenum's that hold these bytes in any column, as they are or as text of any kind. */
const tablesWith = async (pool: ReturnType<typeof openPool>, wanted: Buffer): Promise<readonly string[]> => {
  const tables = await query<{ readonly name: string }>(
    pool,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname like 'plenum%'`,
  );
  assert.ok(tables.length > 5, 'a search that saw no tables proves nothing');
  const holding: string[] = [];
  for (const { name } of tables) {
    const rows = await query<{ readonly row: string }>(pool, `select row(t.*)::text as row from ${name} t`);
    const isHeld = ({ row }: { readonly row: string }): boolean =>
      row.includes(wanted.toString()) || row.includes(wanted.toString('hex'));
    if (rows.some(isHeld)) holding.push(name);
  }
  return holding;
};
