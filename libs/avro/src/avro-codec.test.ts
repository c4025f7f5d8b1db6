import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEvent, type Event } from '@plenum/event';
import { decodeAll, type SchemaVersion } from '@plenum/runtime';
import fc from 'fast-check';
import { avroCodec } from './avro-codec.ts';
import { fingerprintIds } from './schema-ids.ts';

type Moved = {
  readonly id: string;
  readonly to: { readonly x: number; readonly y: number };
  readonly by: string | undefined;
};
const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });
const v1 = {
  type: 'record',
  namespace: 'test',
  name: 'Moved',
  fields: [field('id', 'string'), field('x', 'double'), field('y', 'double')],
} as const;
const point = { type: 'record', name: 'Point', fields: [field('x', 'double'), field('y', 'double')] };
const v2 = {
  type: 'record',
  namespace: 'test',
  name: 'Moved',
  fields: [field('id', 'string'), field('to', point), field('by', ['null', 'string'], { default: null })],
} as const;

const topic = 'test.moves';
const key = ({ id }: { id: string }): string => id;
const MovedOnce = defineEvent<{ id: string; x: number; y: number }>()({ topic, key, schemas: [v1] });
const MovedTwice = defineEvent<Moved>()({
  topic,
  key,
  schemas: [v1, v2],
  upcast: { 1: ({ id, x, y }: { id: string; x: number; y: number }): Moved => ({ id, to: { x, y }, by: undefined }) },
});

const event = (data: object): Event => ({
  id: '00000000-0000-5000-8000-000000000001',
  type: 'test.Moved',
  source: 'a/b',
  effectiveTimeUs: 1_772_615_702_118_204,
  recordedTimeUs: 1_772_615_703_000_000,
  data,
});
const written = (definitions: Parameters<typeof avroCodec>[0], one: Event) => ({
  ...avroCodec(definitions).encode(one),
  offset: 0n,
});
/** avsc builds instances of classes of its own; what is in them is what counts. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('avroCodec', () => {
  const codec = avroCodec([MovedTwice]);

  it('reads back what it wrote', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
    const data = fc.record({
      id: fc.string({ unit: 'grapheme' }),
      to: fc.record({ x: finite, y: finite }),
      by: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
    });
    // From 1685 to 2254: also what is refused today, because it was taken before.
    const timeUs = fc.integer({ min: -8_993_000_000_000_000, max: 8_993_000_000_000_000 });
    const decided = fc.record({
      stream: fc.string({ unit: 'grapheme' }),
      version: fc.integer({ min: 1, max: 999_999_999 }),
      organisation: fc.constantFrom('default', 'acme-2'),
      commandId: fc.string({ unit: 'grapheme' }),
    });
    const any = fc.string({ unit: 'binary' });
    const userProperties = fc.array(fc.tuple(any, any), { minLength: 1, maxLength: 5 });
    const trace = fc.constant({ correlationId: 'c' });
    const tied = fc.record({ trace, decision: decided, userProperties }, { requiredKeys: [] });
    fc.assert(
      fc.property(data, timeUs, tied, (moved, effectiveTimeUs, ties) => {
        const said = { ...event(moved), effectiveTimeUs, ...ties };
        const seen = codec.decode({ ...codec.encode(said), offset: 0n });
        assert.equal(seen.outcome, 'event');
        if (seen.outcome === 'event') assert.deepEqual(plain(seen.event), plain(said));
      }),
    );
  });

  it("shows an older version's bytes in today's shape", () => {
    const seen = codec.decode(written([MovedOnce], event({ id: 'a', x: 1, y: 2 })));
    assert.ok(seen.outcome === 'event');
    assert.deepEqual(seen.event.data, { id: 'a', to: { x: 1, y: 2 }, by: undefined });
  });

  it("reads a newer version's bytes in the newest shape it knows, once it has learned their id", async () => {
    const v3 = { ...v2, fields: [...v2.fields, field('speed', 'double', { default: 0 })] } as const;
    const newer = defineEvent<Moved & { speed: number }>()({ topic, key, schemas: [v3] });
    const record = written([newer], { ...event({ id: 'a', to: { x: 1, y: 2 }, by: undefined, speed: 9 }) });

    const ids = fingerprintIds([MovedTwice]);
    const foreign = new Map<number, SchemaVersion>();
    const learning = avroCodec([MovedTwice], {
      ...ids,
      versionOf: (id) => ids.versionOf(id) ?? foreign.get(id),
      learn: async (id) => foreign.set(id, { definition: MovedTwice, version: 2, writer: v3 }).has(id),
    });
    const [read] = await decodeAll(learning, [record]);
    assert.ok(read?.known.outcome === 'event', JSON.stringify(read?.known));
    assert.deepEqual(plain(read.known.event.data), { id: 'a', to: { x: 1, y: 2 } });
  });

  it('knows an id that nobody can explain for what it is', async () => {
    const record = { ...written([MovedTwice], event({ id: 'a', to: { x: 1, y: 2 }, by: undefined })) };
    const [read] = await decodeAll(codec, [{ ...record, value: Uint8Array.of(0, 0, 0, 0, 7, 0) }]);
    assert.deepEqual(read?.known, { outcome: 'undecodable', reason: 'schema id 7 is not known' });
  });

  it('keys, dates and labels a record', () => {
    const record = codec.encode(event({ id: 'a', to: { x: 1, y: 2 }, by: undefined }));
    assert.equal(record.topic, topic);
    assert.equal(record.key, 'a');
    assert.equal(record.timestampMs, 1_772_615_703_000);
    assert.deepEqual(record.headers, {
      ce_specversion: '1.0',
      ce_type: 'test.Moved',
      ce_source: 'a/b',
      ce_id: '00000000-0000-5000-8000-000000000001',
      ce_time: '2026-03-04T09:15:02.118204Z',
      'content-type': 'application/avro',
    });
  });

  it('says which decision an event belongs to, and reads no half of it', () => {
    const decision = { stream: 'thing-a', version: 12, organisation: 'acme', commandId: 'c1' };
    const record = codec.encode({ ...event({ id: 'a', to: { x: 1, y: 2 }, by: undefined }), decision });
    const { ce_stream, ce_streamversion, ce_commandid, ...others } = record.headers;
    assert.deepEqual([ce_stream, ce_streamversion, ce_commandid], ['thing-a', '12', 'c1']);
    const outcomeWith = (headers: Record<string, string>) =>
      codec.decode({ ...record, headers: { ...others, ...headers }, offset: 0n }).outcome;
    assert.equal(outcomeWith({}), 'event');
    assert.equal(outcomeWith({ ce_stream: 'thing-a' }), 'undecodable');
    for (const ce_streamversion of ['0', '-1', '1.5', '', '12 ', '12345678901']) {
      assert.equal(outcomeWith({ ce_stream: 'thing-a', ce_commandid: 'c1', ce_streamversion }), 'undecodable');
    }
  });

  it('says whose a decision is, and takes what was recorded before that as of the default organisation', () => {
    const decision = { stream: 'thing-a', version: 12, organisation: 'acme', commandId: 'c1' };
    const record = codec.encode({ ...event({ id: 'a', to: { x: 1, y: 2 }, by: undefined }), decision });
    const { ce_organisation, ...older } = record.headers;
    assert.equal(ce_organisation, 'acme');
    const read = (headers: Record<string, string>) => codec.decode({ ...record, headers, offset: 0n });
    const before = read(older);
    assert.deepEqual(before.outcome === 'event' && before.event.decision, { ...decision, organisation: 'default' });
    assert.equal(read({ ...older, ce_organisation: 'No organisation' }).outcome, 'undecodable');
  });

  it('keeps what an MQTT client sent along in one header, in its order and with repeated names', () => {
    const userProperties = [
      ['site', 'Zürich'],
      ['hop', 'gw-1'],
      ['hop', 'gw-2'],
    ] as const;
    const record = codec.encode({ ...event({ id: 'a', to: { x: 1, y: 2 }, by: undefined }), userProperties });
    const { mqttuserproperties, ...others } = record.headers;
    assert.equal(mqttuserproperties, '[["site","Zürich"],["hop","gw-1"],["hop","gw-2"]]');
    const read = (headers: Record<string, string>) => codec.decode({ ...record, headers, offset: 0n });
    const seen = read(record.headers);
    assert.deepEqual(seen.outcome === 'event' && seen.event.userProperties, userProperties);
    const without = read(others);
    assert.ok(without.outcome === 'event' && !('userProperties' in without.event));
    for (const strange of ['', '{}', '[["a"]]', '[["a",1]]']) {
      assert.equal(read({ ...others, mqttuserproperties: strange }).outcome, 'undecodable', strange);
    }
  });

  it('grows beyond its scratch space', () => {
    const id = 'x'.repeat(300_000);
    const seen = codec.decode(written([MovedTwice], event({ id, to: { x: 1, y: 2 }, by: undefined })));
    assert.ok(seen.outcome === 'event' && (seen.event.data as Moved).id === id);
  });

  it('will not write what does not fit', () => {
    assert.throws(() => codec.encode(event({ id: 'a', to: { x: 'one', y: 2 } })));
    assert.throws(() => codec.encode({ ...event({}), type: 'test.Unheard' }), /not in the catalogue/);
  });

  it('says why bytes cannot be read', () => {
    const good = written([MovedTwice], event({ id: 'a', to: { x: 1, y: 2 }, by: undefined }));
    const reasonOf = (change: Partial<typeof good>): string => {
      const seen = codec.decode({ ...good, ...change });
      return seen.outcome === 'undecodable' ? seen.reason : seen.outcome;
    };
    assert.match(reasonOf({ value: new Uint8Array() }), /wire format/);
    assert.match(reasonOf({ value: Uint8Array.of(1, 0, 0, 0, 0, 0) }), /wire format/);
    assert.equal(reasonOf({ value: Uint8Array.of(0, 0, 0, 0, 7, 0) }), 'unknown-schema');
    assert.match(reasonOf({ value: good.value.subarray(0, -1) }), /ends early/);
    assert.match(reasonOf({ value: Buffer.concat([good.value, Buffer.of(0)]) }), /1 bytes follow/);
    assert.match(reasonOf({ headers: {} }), /headers/);
    assert.match(reasonOf({ headers: { ...good.headers, ce_time: 'soon' } }), /headers/);
  });

  it('never throws on bytes, whatever they are', () => {
    const good = written([MovedTwice], event({ id: 'a', to: { x: 1, y: 2 }, by: undefined }));
    const prefix = good.value.subarray(0, 5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        const seen = codec.decode({ ...good, value: Buffer.concat([prefix, tail]) });
        return seen.outcome === 'event' || seen.outcome === 'undecodable';
      }),
    );
  });
});
