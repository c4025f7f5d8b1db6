import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { avroCodec } from '@plenum/avro';
import * as catalogue from '@plenum/catalogue';
import { type AvroSchema, defineEvent, defineTopic } from '@plenum/event';
import { Ajv } from 'ajv';
import { asyncapiDocument } from './asyncapi.ts';

/** What the tests look into; everything else is the schema's business. */
type Document = {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: object; bindings: object }>
  >;
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly description?: string; readonly payload: { readonly schema: object } }>
    >;
    readonly messageTraits: { cloudEvent: { headers: { required: string[]; properties: Record<string, object> } } };
  };
};

const document = asyncapiDocument(catalogue) as Document; // It is made in the file beside this one, as plain JSON.

/** Published by the AsyncAPI Initiative, with every binding in it. */
const specification = createRequire(import.meta.url);

const validate = () => {
  const schema: object = specification('@asyncapi/specs/schemas/3.0.0.json');
  // It carries the meta-schema of its own draft; its formats are of several.
  return new Ajv({
    meta: false,
    validateSchema: false,
    strict: false,
    validateFormats: false,
    allErrors: true,
  }).compile(schema);
};

describe('the AsyncAPI document', () => {
  it('is one, by the schema of AsyncAPI 3.0', () => {
    const valid = validate();
    assert.ok(valid(document), JSON.stringify(valid.errors?.slice(0, 5), undefined, 2));
  });

  it('would not be one with a binding that AsyncAPI does not know', () => {
    const valid = validate();
    const wrong = structuredClone(document);
    const [channel] = Object.values(wrong.channels);
    assert.ok(channel);
    channel.bindings = { kafka: { topic: 'plenum', partitions: 'many', bindingVersion: '0.5.0' } };
    assert.ok(!valid(wrong));
  });

  it('has every reference it makes', () => {
    const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, pointer]) => pointer ?? '',
    );
    assert.ok(pointers.length > 0);
    for (const pointer of pointers) {
      const target = pointer
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], document);
      assert.notEqual(target, undefined, pointer);
    }
  });

  it('has every topic and every version of every event, and no others', () => {
    const topics = catalogue.topics.map(({ name }) => name);
    assert.deepEqual(Object.keys(document.channels), topics);
    const versions = catalogue.events.flatMap(({ type, schemas }) =>
      schemas.map((schema, index) => [`${type}.v${index + 1}`, schema] as const),
    );
    const messages = Object.entries(document.components.messages).map(([name, { payload }]) => [name, payload.schema]);
    assert.deepEqual(Object.fromEntries(messages), Object.fromEntries(versions));
  });

  it('shows older versions beside the newest', () => {
    const record = (fields: readonly object[]) =>
      ({ type: 'record', namespace: 'test', name: 'Moved', fields }) as const;
    const topic = defineTopic({ name: 'moves', about: 'Moves.', keyedBy: 'id' });
    const schemas = [record([]), record([{ name: 'by', type: ['null', 'string'], default: null }])] as const;
    const Moved = defineEvent<object>()({ topic: 'moves', key: () => '', schemas, upcast: { 1: (older) => older } });
    const { channels, components } = asyncapiDocument({ topics: [topic], events: [Moved] }) as Document;
    assert.deepEqual(Object.keys(components.messages), ['test.Moved.v1', 'test.Moved.v2']);
    assert.deepEqual(Object.keys(channels.moves?.messages ?? {}), ['test.Moved.v1', 'test.Moved.v2']);
  });

  it('says of each version which fields are about a person', () => {
    const field = (type: unknown) => ({ name: 'name', type });
    const record = (rest: object, type: unknown) =>
      ({
        ...{ type: 'record', namespace: 'test', name: 'Named', ...rest },
        fields: [{ name: 'id', type: 'string' }, field(type)],
      }) as AvroSchema;
    const topic = defineTopic({ name: 'names', about: 'Names.', keyedBy: 'id' });
    const schemas = [
      record({}, 'string'),
      record({ person: 'id' }, { type: 'bytes', logicalType: 'personal' }),
    ] as const;
    const Named = defineEvent<object>()({ topic: 'names', key: () => '', schemas, upcast: { 1: (older) => older } });
    const made = asyncapiDocument({ topics: [topic], events: [Named] }) as Document;
    assert.ok(validate()(made));
    assert.equal(made.components.messages['test.Named.v1']?.description, undefined);
    assert.match(made.components.messages['test.Named.v2']?.description ?? '', /person that id names.*: name\./);
  });

  it('names the headers that records have', () => {
    const recorded = { id: 'id', source: 'a/b', effectiveTimeUs: 0, recordedTimeUs: 0 };
    const discarded = { client_id: 'a', topic: 'a/b', code: 'c', messages: 1, bytes: 1 };
    const type = catalogue.events.find(({ type }) => type.endsWith('MessagesDiscarded'))?.type ?? '';
    const trace = { traceparent: 't', correlationId: 'c', causationId: 'd' };
    const codec = avroCodec(catalogue.events);
    const { required, properties } = document.components.messageTraits.cloudEvent.headers;
    const more = { trace, userProperties: [['name', 'value']] } as const;
    const withMore = codec.encode({ ...recorded, type, data: discarded, ...more });
    assert.deepEqual(Object.keys(withMore.headers).sort(), Object.keys(properties).sort());
    const plain = codec.encode({ ...recorded, type, data: discarded });
    assert.deepEqual(Object.keys(plain.headers).sort(), [...required].sort());
  });

  it('is the one in the reference', () => {
    const file = new URL('../../docs/reference/asyncapi.json', import.meta.url);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(document)));
  });
});
