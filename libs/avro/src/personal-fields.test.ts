import assert from 'node:assert/strict';
import { it } from 'node:test';
import { defineEvent, type Event, erasedPersonal, type Personal, personal, storedBytes } from '@plenum/event';
import avro from 'avsc';
import fc from 'fast-check';
import { avroCodec } from './avro-codec.ts';

type Named = { readonly user_id: string; readonly name: Personal; readonly mail: Personal | undefined };
type NamedV1 = { readonly user_id: string; readonly name: string };

const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });
const text = { type: 'bytes', logicalType: 'personal' };
const head = { type: 'record', namespace: 'test', name: 'Named' } as const;
const v1 = { ...head, fields: [field('user_id', 'string'), field('name', 'string')] } as const;
const v2 = {
  ...head,
  person: 'user_id',
  fields: [field('user_id', 'string'), field('name', text), field('mail', ['null', text], { default: null })],
} as const;

const NamedOnce = defineEvent<NamedV1>()({ topic: 't', key: ({ user_id }) => user_id, schemas: [v1] });
const NamedTwice = defineEvent<Named>()({
  topic: 't',
  key: ({ user_id }) => user_id,
  schemas: [v1, v2],
  upcast: { 1: ({ user_id, name }: NamedV1): Named => ({ user_id, name: personal(name), mail: undefined }) },
});
const codec = avroCodec([NamedTwice]);

const event = (data: object): Event => ({
  id: '00000000-0000-5000-8000-000000000001',
  type: 'test.Named',
  source: 'user-u1',
  effectiveTimeUs: 0,
  recordedTimeUs: 0,
  data,
});
const encrypted = (bytes: Uint8Array): Personal => ({ state: 'encrypted', bytes });

const decoded = (written: ReturnType<typeof codec.encode>): Named => {
  const seen = codec.decode({ ...written, offset: 0n });
  assert.ok(seen.outcome === 'event', JSON.stringify(seen));
  return seen.event.data as Named; // The codec knows no other event.
};
/** avsc makes Buffers; what is in them is what counts. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, held) => (held?.type === 'Buffer' ? held.data : held)));

it('what is encrypted or erased is written and read back', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 }).filter(([form]) => form !== 0);
  const value = fc.oneof(
    bytes.map((made) => encrypted(Buffer.from(made))),
    fc.constant(erasedPersonal),
  );
  fc.assert(
    fc.property(value, fc.option(value, { nil: undefined }), (name, mail) => {
      const data: Named = { user_id: 'u1', name, mail };
      assert.deepEqual(plain(decoded(codec.encode(event(data)))), plain(data));
    }),
  );
});

it('plain text does not get into a record, and the error says in which field', () => {
  const good = { user_id: 'u1', name: encrypted(Uint8Array.of(1, 2)), mail: undefined };
  const plainly = /field (?:name|mail): it is not encrypted: plain text of a person must not be recorded/;
  assert.throws(() => codec.encode(event({ ...good, name: personal('Ana') })), plainly);
  assert.throws(() => codec.encode(event({ ...good, mail: personal('') })), plainly);
  for (const name of ['Ana', Buffer.from('Ana'), null, {}]) {
    assert.throws(() => codec.encode(event({ ...good, name })), /field name: it is no personal value/);
  }
  const disguised = encrypted(storedBytes(personal('Ana')));
  assert.throws(() => codec.encode(event({ ...good, name: disguised })), /field name: it is no ciphertext/);
  assert.throws(() => codec.encode(event({ ...good, name: undefined })), /invalid "bytes"/);
});

it('a record that holds plain text all the same does not decode', () => {
  const good = codec.encode(event({ user_id: 'u1', name: encrypted(Uint8Array.of(9, 65)), mail: undefined }));
  const value = Uint8Array.from(good.value);
  value[value.indexOf(9)] = 0;
  const seen = codec.decode({ ...good, value, offset: 0n });
  assert.ok(seen.outcome === 'undecodable' && seen.reason.includes('field name: it is not encrypted'));
});

it('a version from before the field was personal is read as it was written', () => {
  const written = avroCodec([NamedOnce]).encode(event({ user_id: 'u1', name: 'Ana' }));
  assert.deepEqual(plain(decoded(written)), { user_id: 'u1', name: { state: 'plain', text: 'Ana' } });
});

it('readers that know nothing of it see bytes', () => {
  const { value } = codec.encode(event({ user_id: 'u1', name: encrypted(Uint8Array.of(1, 2)), mail: erasedPersonal }));
  const stranger = avro.Type.forSchema(v2 as unknown as avro.Schema, { wrapUnions: 'never' });
  const seen = stranger.fromBuffer(Buffer.from(value.subarray(5)));
  assert.deepEqual(plain(seen), { user_id: 'u1', name: [1, 2], mail: [] });
});
