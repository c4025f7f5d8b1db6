import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEvent, erasedPersonal, type Personal, personal, storedBytes } from '@plenum/event';
import { personalColumn, type Row, type Rows, type Table } from '@plenum/read-model';
import fc from 'fast-check';
import { jsonCodec } from '../testing/json-codec.ts';
import { memoryPersonKeys } from '../testing/memory-person-keys.ts';
import { sampleCipher } from '../testing/sample-cipher.ts';
import { PersonalUnreadable, PersonKeyChanged } from './found-key.ts';
import { type PersonKeys, personKeys } from './person-keys.ts';
import {
  decryptEvents,
  encryptEvents,
  type PersonalParts,
  personalFieldsByType,
  type UnreadableValue,
} from './personal-events.ts';
import { decryptRows, hiddenRows } from './personal-rows.ts';

type Named = { readonly user: string; readonly name: Personal; readonly mail: Personal | undefined };

const text = { type: 'bytes', logicalType: 'personal' };
const namedBy = (name: string) => {
  const own = ['user', 'name', 'mail'].map((field) => ({ name: field, type: field === 'user' ? 'string' : text }));
  const schema = { type: 'record', namespace: 'test', name, person: 'user', fields: own } as const;
  return defineEvent<Named>()({ topic: 't', key: ({ user }) => user, schemas: [schema] });
};
const Joined = namedBy('Joined');
const Renamed = namedBy('Renamed');
const Left = defineEvent<{ user: string }>()({
  topic: 't',
  key: ({ user }) => user,
  schemas: [{ type: 'record', namespace: 'test', name: 'Left' }],
});
const fields = personalFieldsByType([Joined, Renamed, Left]);

const joined = (user: string, name: Personal = personal(`name of ${user}`), mail?: Personal) => ({
  type: Joined.type,
  data: { user, name, mail },
});
const left = (user: string) => ({ type: Left.type, data: { user } });

describe('events that name persons', () => {
  it('are encrypted for the record and decrypted for the rules, whatever the texts', async () => {
    const { parts, record } = world();
    const someText = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
    const events = fc.array(fc.tuple(fc.constantFrom('ana', 'ben', 'carl'), fc.string({ unit: 'binary' }), someText), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(events, async (said) => {
        const given = said.map(([user, name, mail]) =>
          joined(user, personal(name), mail === undefined ? undefined : personal(mail)),
        );
        const encrypted = await record(given);
        for (const { data } of encrypted) assert.equal(data.name.state, 'encrypted');
        assert.deepEqual(await decryptEvents(encrypted, parts), given);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused by the codec of tests, too, while they are plain', async () => {
    const { record } = world();
    const codec = jsonCodec([Joined]);
    const rest = { id: 'id', source: 'test', effectiveTimeUs: 0, recordedTimeUs: 0 };
    assert.throws(() => codec.encode({ ...rest, ...joined('ana') }), /plain text of a person/);
    const [encrypted] = await record([{ ...rest, ...joined('ana') }]);
    assert.ok(encrypted !== undefined);
    const seen = codec.decode({ ...codec.encode(encrypted), offset: 0n });
    assert.ok(seen.outcome === 'event');
    assert.deepEqual((seen.event.data as Named).name, encrypted.data.name);
  });

  it('are left alone where nothing is personal, and then nobody is asked for a key', async () => {
    const nobody = new Proxy({} as PersonKeys, { get: () => assert.fail('asked for a key') });
    const events = [left('ana'), joined('ana', erasedPersonal)];
    const encrypted = await encryptEvents(events, { fields, keys: nobody });
    assert.deepEqual(encrypted, { events });
    assert.equal(await decryptEvents(events, { fields, keys: nobody }), events);
  });

  it('are erased when the key is lost, also for a person who has another by now', async () => {
    const { keys, parts, record, unreadable } = world();
    const events = await record([joined('ana'), left('ana')]);
    await keys.forget('ana');
    const erased = [joined('ana', erasedPersonal), left('ana')];
    assert.deepEqual(await decryptEvents(events, parts), erased);
    const later = await record([joined('ana', personal('Anna'))]);
    assert.deepEqual(await decryptEvents([...events, ...later], parts), [...erased, joined('ana', personal('Anna'))]);
    // And what is erased is recorded so.
    assert.deepEqual(await record(erased), erased);
    assert.deepEqual(unreadable, []);
  });

  it('stay encrypted when they were changed or put elsewhere, and are reported', async () => {
    const { parts, record, unreadable } = world();
    const [ana, ben] = await record([joined('ana', personal('Ana'), personal('a@b')), joined('ben')]);
    assert.ok(ana !== undefined && ben !== undefined);
    const { name, mail } = ana.data;
    const moved = [
      { ...ana, type: Renamed.type, data: { ...ana.data, mail: undefined } },
      { ...ana, data: { ...ana.data, name: mail ?? name, mail: undefined } },
      {
        ...ana,
        data: { ...ana.data, name: { state: 'encrypted', bytes: Uint8Array.of(1, 2) } as const, mail: undefined },
      },
    ];
    assert.deepEqual(await decryptEvents(moved, parts), moved);
    assert.deepEqual(
      unreadable,
      moved.map(({ type }) => ({ person: 'ana', place: { type, field: 'name' }, why: 'tampered' })),
    );
    const [borrowed] = await decryptEvents([{ ...ana, data: { ...ana.data, user: 'ben' } }], parts);
    assert.deepEqual(borrowed?.data.name, erasedPersonal);
  });

  it('are not recorded anew by somebody who could not read them', async () => {
    const { parts, record, another } = world();
    const [ana] = await record([joined('ana')]);
    assert.ok(ana !== undefined);
    const locked = another('other master');
    const [seen] = await decryptEvents([ana], { ...parts, keys: locked });
    assert.deepEqual(seen, ana);
    const changed = { ...ana, type: Renamed.type };
    await assert.rejects(encryptEvents([changed], { ...parts, keys: locked }), PersonalUnreadable);
    await assert.rejects(encryptEvents([joined('ana')], { ...parts, keys: locked }), PersonalUnreadable);
    await assert.rejects(encryptEvents([ana], parts), PersonalUnreadable);
  });

  it('are refused by the table when the key was forgotten before they were recorded', async () => {
    const { keys, parts, record, transact } = world();
    await record([joined('ana')]);
    const { keep } = await encryptEvents([joined('ana')], parts);
    await keys.forget('ana');
    assert.ok(keep !== undefined);
    await assert.rejects(transact(keep), PersonKeyChanged);
  });
});

describe('rows that name persons', () => {
  const about = 'For the test.';
  const of = [Joined, Renamed];
  const people: Table = {
    name: 'people',
    about,
    columns: {
      user: { type: 'text', about },
      name: { ...personalColumn({ person: 'user', field: 'name', of }), about },
      mail: { ...personalColumn({ person: 'user', field: 'mail', of }), nullable: true, about },
    },
    key: ['user'],
  };
  const both = { table: people, names: ['name', 'mail'] } as const;
  type Person = { readonly user: string; readonly name: Uint8Array; readonly mail: Uint8Array | null };
  const row = ({ data: { user, name, mail } }: { readonly data: Named }): Person => ({
    user,
    name: storedBytes(name),
    mail: mail === undefined ? null : storedBytes(mail),
  });

  it('show texts to those who may see them, and null to others', async () => {
    const { parts, record } = world();
    const rows = (await record([joined('ana', personal('Ana'), personal('a@b')), joined('ben', personal('Ben'))])).map(
      row,
    );
    const shown = await decryptRows(rows, both, parts);
    assert.deepEqual(shown, [
      { user: 'ana', name: 'Ana', mail: 'a@b' },
      { user: 'ben', name: 'Ben', mail: null },
    ]);
    assert.deepEqual(hiddenRows(rows, both), [
      { user: 'ana', name: null, mail: null },
      { user: 'ben', name: null, mail: null },
    ]);
    assert.deepEqual(await decryptRows(rows, { table: people, names: ['mail'] }, parts), [
      { ...rows[0], mail: 'a@b' },
      { ...rows[1], mail: null },
    ]);
  });

  it('are copied from any of the events of their column', async () => {
    const { parts, record } = world();
    const events = await record([
      joined('ana', personal('Ana')),
      { ...joined('ana', personal('Anna')), type: Renamed.type },
    ]);
    const shown = await decryptRows(events.map(row), both, parts);
    assert.deepEqual(
      shown.map(({ name }) => name),
      ['Ana', 'Anna'],
    );
  });

  it('show null for what is erased, locked or changed, and say which of it is not lost', async () => {
    const { parts, record, keys, another, unreadable } = world();
    const events = await record(['ana', 'ben', 'carl'].map((user) => joined(user, personal(user), undefined)));
    await keys.forget('ana');
    const rows = events.map(row);
    const changed = rows.map((one) => (one.user === 'ben' ? { ...one, name: Uint8Array.of(1, 7) } : one));
    assert.deepEqual(
      (await decryptRows(changed, both, parts)).map(({ name }) => name),
      [null, null, 'carl'],
    );
    const place = { type: Joined.type, field: 'name' };
    assert.deepEqual(unreadable.splice(0), [{ person: 'ben', place, why: 'tampered' }]);
    const locked = await decryptRows(rows, both, { ...parts, keys: another('other master') });
    assert.deepEqual(
      locked.map(({ name }) => name),
      [null, null, null],
    );
    assert.deepEqual(
      unreadable.map(({ person, why }) => [person, why]),
      [
        ['ben', 'locked'],
        ['carl', 'locked'],
      ],
    );
  });

  it('show what an event said before its field was personal, and no bytes whatever as text', async () => {
    const { parts } = world();
    const old = { user: 'ana', name: storedBytes(personal('Ana')), mail: storedBytes(erasedPersonal) };
    assert.deepEqual(await decryptRows([old], both, parts), [{ user: 'ana', name: 'Ana', mail: null }]);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), async (name) => {
        const [shown] = await decryptRows([{ ...old, name }], both, parts);
        if (name[0] !== 0) assert.equal(shown?.name, null);
      }),
    );
  });

  it('are still the page that they were', async () => {
    const { parts } = world();
    const page: Rows<Row> = Object.assign([{ user: 'ana' }], { bytes: 12, isCut: true });
    for (const rows of [await decryptRows(page, both, parts), hiddenRows(page, both)]) {
      assert.equal(rows.bytes, 12);
      assert.equal(rows.isCut, true);
    }
  });

  it('are asked for by columns that are personal', async () => {
    const { parts } = world();
    await assert.rejects(decryptRows([{ user: '' }], { table: people, names: ['user'] }, parts), /no personal column/);
    assert.throws(
      () => personalColumn({ person: 'user', field: 'role', of }),
      /test\.Joined has no personal field role/,
    );
    assert.throws(
      () => personalColumn({ person: 'user', field: 'name', of: [Left] }),
      /test\.Left has no personal field/,
    );
  });
});

const world = () => {
  const { open, transact } = memoryPersonKeys();
  const another = (master: string) => personKeys({ table: open(), cipher: sampleCipher(master) });
  const keys = another('master');
  const unreadable: UnreadableValue[] = [];
  const parts: PersonalParts = { fields, keys, unreadable: (value) => unreadable.push(value) };
  return {
    keys,
    parts,
    transact,
    another,
    unreadable,
    record: async <E extends { readonly type: string; readonly data: unknown }>(events: readonly E[]) => {
      const encrypted = await encryptEvents(events, parts);
      if (encrypted.keep !== undefined) await transact(encrypted.keep);
      return encrypted.events;
    },
  };
};
