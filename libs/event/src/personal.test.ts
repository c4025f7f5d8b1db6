import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEvent } from './define-event.ts';
import {
  erasedPersonal,
  isSamePersonal,
  type Personal,
  personal,
  personalFieldsOf,
  personalText,
  personOf,
  recordedBytes,
  recordedPersonal,
  storedBytes,
  storedPersonal,
  withPersonal,
} from './personal.ts';

const encrypted = (...bytes: number[]): Personal => ({ state: 'encrypted', bytes: Uint8Array.from(bytes) });

describe('a personal value', () => {
  it('is recorded encrypted or erased, and reads back so', () => {
    for (const value of [encrypted(1, 2, 3), erasedPersonal]) {
      assert.deepEqual(recordedPersonal(recordedBytes(value)), value);
    }
  });

  it('is never recorded as plain text, however it is disguised', () => {
    assert.throws(() => recordedBytes(personal('Ana')), /not encrypted/);
    const disguised: Personal = { state: 'encrypted', bytes: storedBytes(personal('Ana')) };
    assert.throws(() => recordedBytes(disguised), /no ciphertext/);
    assert.throws(() => recordedPersonal(storedBytes(personal('Ana'))), /not encrypted/);
  });

  it('keeps in a row what an event said before its field was personal', () => {
    for (const value of [encrypted(1, 2, 3), erasedPersonal, personal('Ána 𝄞'), personal('')]) {
      assert.deepEqual(storedPersonal(storedBytes(value)), value);
    }
  });

  it('shows its text only where it is plain', () => {
    const values = [personal('Ana'), encrypted(1), erasedPersonal, undefined];
    assert.deepEqual(values.map(personalText), ['Ana', undefined, undefined, undefined]);
  });

  it('is the same as another of the same text or the same bytes', () => {
    const values = [personal('a'), personal('b'), encrypted(1), encrypted(1, 2), erasedPersonal, undefined];
    for (const [index, one] of values.entries()) {
      for (const [other, value] of values.entries()) assert.equal(isSamePersonal(one, value), index === other);
    }
    assert.ok(isSamePersonal(encrypted(1, 2), encrypted(1, 2)));
  });
});

describe('a schema with personal fields', () => {
  const personalType = { type: 'bytes', logicalType: 'personal' };
  const field = (name: string, type: unknown) => ({ name, type });
  const schema = (fields: readonly object[], rest: object = { person: 'user_id' }) =>
    ({ type: 'record', namespace: 'test', name: 'Named', ...rest, fields }) as const;
  const id = field('user_id', 'string');

  it('says which they are and whose', () => {
    const named = schema([id, field('name', personalType), field('mail', ['null', personalType]), field('n', 'bytes')]);
    assert.deepEqual(personalFieldsOf(named), { person: 'user_id', fields: ['name', 'mail'] });
    assert.equal(personalFieldsOf(schema([id, field('n', 'bytes')], {})), undefined);
    const definition = defineEvent()({ topic: 't', key: () => '', schemas: [named] });
    assert.deepEqual(definition.personal, personalFieldsOf(named));
  });

  it('is refused when a field is nobody’s, or where nobody would look', () => {
    const inner = { type: 'record', name: 'Inner', fields: [field('name', personalType)] };
    const wrong: readonly (readonly [ReturnType<typeof schema>, RegExp])[] = [
      [schema([id, field('name', personalType)], {}), /has to name a field/],
      [schema([id, field('name', personalType)], { person: 'nobody' }), /has to name a field/],
      [schema([field('user_id', ['null', 'string']), field('name', personalType)]), /of type string/],
      [schema([id]), /no field is personal/],
      [schema([id, field('inner', inner)]), /inside inner/],
      [schema([id, field('names', { type: 'array', items: personalType })]), /inside names/],
      [schema([id, field('name', { type: 'string', logicalType: 'personal' })]), /inside name/],
      [schema([id, field('name', ['null', 'string', personalType])]), /inside name/],
    ];
    for (const [named, complaint] of wrong) {
      assert.throws(() => defineEvent()({ topic: 't', key: () => '', schemas: [named] }), complaint);
    }
  });

  const fields = { person: 'user_id', fields: ['name', 'mail'] };

  it('has its values changed one by one, and the rest left alone', () => {
    const data = { user_id: 'u1', name: personal('Ana'), mail: undefined, role: 'crew' };
    const seen: unknown[] = [];
    const changed = withPersonal(fields, { type: 'test.Named', data }, (value, place) => {
      seen.push(value, place);
      return erasedPersonal;
    });
    assert.deepEqual(seen, [personal('Ana'), { type: 'test.Named', field: 'name' }]);
    assert.deepEqual(changed.data, { ...data, name: erasedPersonal });
  });

  it('costs nothing where there are none', () => {
    const event = { type: 'test.Other', data: {} };
    assert.equal(
      withPersonal(undefined, event, () => assert.fail('there is nothing to change')),
      event,
    );
  });

  it('says whose the values are, or nothing at all', () => {
    assert.equal(personOf(fields, { user_id: 'u1' }), 'u1');
    assert.throws(() => personOf(fields, {}), /user_id does not say/);
  });
});
