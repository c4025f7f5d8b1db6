/** The client against a real Apicurio. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { events } from '@plenum/catalogue';
import { type AvroSchema, defineEvent, type EventDefinition, registrySubject } from '@plenum/event';
import { testRegistry } from '@plenum/local-kafka/testing';
import { TransientFailure } from '@plenum/runtime';
import avro from 'avsc';
import { RegistryRefusal } from './answers.ts';
import { listSchemas, registerSchemas } from './register-schemas.ts';
import { type RegistryClient, registryClient } from './registry-client.ts';
import { registryIds, SchemasNotRegistered } from './registry-ids.ts';

const { registry, skip, stop } = await testRegistry();
after(stop);

/** A new one each time: a process that starts has cached nothing. */
const newClient = (timeoutMs = 5_000): RegistryClient => registryClient({ url: registry?.url ?? '', timeoutMs });

const get = async (path: string): Promise<unknown> => (await fetch(`${registry?.url}${path}`)).json();

const named = (name: string, fields: readonly object[]): AvroSchema =>
  ({ type: 'record', namespace: 'test', name, fields }) as AvroSchema; // `object` hides the fields from its type.

const id = { name: 'id', type: 'string' };
const by = { name: 'by', type: ['null', 'string'], default: null };
const count = { name: 'count', type: 'int' };

const define = (...schemas: readonly [AvroSchema, ...AvroSchema[]]): EventDefinition<never> =>
  defineEvent<{ id: string }>()({
    topic: 'moves',
    key: (data) => data.id,
    schemas,
    upcast: Object.fromEntries(schemas.slice(1).map((_, index) => [index + 1, (older: unknown) => older])),
  });

describe('registering schemas', { skip }, () => {
  it('again changes nothing', async () => {
    const first = await registerSchemas(newClient(), events);
    const versions = await get(`/subjects/${first[0]?.subject}/versions`);
    assert.deepEqual(await registerSchemas(newClient(), events), first);
    assert.deepEqual(await get(`/subjects/${first[0]?.subject}/versions`), versions);
    assert.equal(first.length, events.flatMap(({ schemas }) => schemas).length);
    assert.equal(new Set(first.map((one) => one.id)).size, first.length);
  });

  it('holds each subject to the rule', async () => {
    const expected = { compatibilityLevel: 'FULL_TRANSITIVE' };
    for (const event of events) assert.deepEqual(await get(`/config/${registrySubject(event)}`), expected, event.type);
  });

  it('registers schemas as they are', async () => {
    for (const { subject, version, id: given } of await registerSchemas(newClient(), events)) {
      const event = events.find((one) => registrySubject(one) === subject);
      const { schema } = (await get(`/schemas/ids/${given}`)) as { schema: string };
      assert.deepEqual(JSON.parse(schema), event?.schemas[version - 1]);
    }
  });

  it('refuses a version that readers or writers of another could not deal with', async () => {
    const v1 = named('Refused', [id]);
    await registerSchemas(newClient(), [define(v1)]);
    const incompatible = [[id, count], [{ ...id, type: 'int' }], [{ name: 'other', type: 'string' }]];
    for (const fields of incompatible) {
      const work = registerSchemas(newClient(), [define(v1, named('Refused', fields))]);
      await assert.rejects(work, (error) => error instanceof RegistryRefusal && error.message.includes('test.Refused'));
    }
    assert.deepEqual(await get('/subjects/moves-test.Refused/versions'), [1]);
    await registerSchemas(newClient(), [define(v1, named('Refused', [id, by]))]);
  });

  it('compares with every version, not only with the one before', async () => {
    const v1 = named('Transitive', [{ name: 'a', type: 'string', default: '' }]);
    const v2 = named('Transitive', []);
    await registerSchemas(newClient(), [define(v1, v2)]);
    const v3 = named('Transitive', [{ name: 'a', type: 'int', default: 0 }]);
    await assert.rejects(registerSchemas(newClient(), [define(v1, v2, v3)]), RegistryRefusal);
  });

  it('refuses a subject that is held to another rule', async () => {
    await registerSchemas(newClient(), [define(named('Loosened', [id]))]);
    const body = JSON.stringify({ compatibility: 'NONE' });
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
    await fetch(`${registry?.url}/config/moves-test.Loosened`, { method: 'PUT', headers, body });
    const again = registerSchemas(newClient(), [define(named('Loosened', [id]))]);
    await assert.rejects(again, (error) => error instanceof RegistryRefusal && error.message.includes('NONE'));
  });
});

describe('ids from the registry', { skip }, () => {
  it('are all there at start', async () => {
    const registered = await registerSchemas(newClient(), events);
    const ids = await registryIds(newClient(), events);
    for (const { subject, version, id: given } of registered) {
      const definition = events.find((event) => registrySubject(event) === subject);
      assert.ok(definition);
      assert.equal(ids.idOf(definition, version), given);
      assert.deepEqual(ids.versionOf(given), { definition, version, writer: definition.schemas[version - 1] });
    }
    assert.equal(ids.versionOf(2 ** 30), undefined);
  });

  it('name every schema that nobody registered', async () => {
    const half = define(named('Half', [id]), named('Half', [id, by]));
    const none = define(named('None', [id]));
    await registerSchemas(newClient(), [define(named('Half', [id]))]);
    await assert.rejects(registryIds(newClient(), [half, none, ...events]), (error) => {
      assert.ok(error instanceof SchemasNotRegistered);
      assert.deepEqual(error.missing, ['test.Half v2', 'test.None v1']);
      return true;
    });
    const listed = await listSchemas(newClient(), [half, none]);
    assert.deepEqual(
      listed.map((one) => [one.subject, one.version, one.id !== undefined]),
      [
        ['moves-test.Half', 1, true],
        ['moves-test.Half', 2, false],
        ['moves-test.None', 1, false],
      ],
    );
    assert.equal(
      await newClient().find('moves-test.None', named('None', [id])),
      undefined,
      'listing registers nothing',
    );
  });

  it('of a newer version are learned by a process that only has the older one', async () => {
    const [v1, v2] = [named('Learned', [id]), named('Learned', [id, by])];
    const [, newest] = await registerSchemas(newClient(), [define(v1, v2)]);
    assert.ok(newest);
    const older = define(v1);
    const ids = await registryIds(newClient(), [older]);
    assert.equal(ids.versionOf(newest.id), undefined);
    assert.equal(await ids.learn(newest.id), true);
    const learned = ids.versionOf(newest.id);
    assert.ok(learned);
    assert.deepEqual([learned.definition, learned.version], [older, 1]);
    const bytes = typeOf(v2).toBuffer({ id: 'a', by: 'b' });
    const reader = typeOf(v1);
    assert.deepEqual(plain(reader.fromBuffer(bytes, reader.createResolver(typeOf(learned.writer)))), { id: 'a' });
  });

  it('of a version with other documentation stand for that version', async () => {
    const documented = named('Documented', [{ ...id, doc: 'As it was said then.' }]);
    const [before] = await registerSchemas(newClient(), [define(documented)]);
    assert.ok(before);
    const now = define(named('Documented', [id]), named('Documented', [id, by]));
    await registerSchemas(newClient(), [now]);
    const ids = await registryIds(newClient(), [now]);
    // Some registries say that it is the same schema, and some that it is another.
    if (ids.versionOf(before.id) === undefined) assert.equal(await ids.learn(before.id), true);
    assert.equal(ids.versionOf(before.id)?.version, 1);
  });

  it('that mean nothing to us are not learned', async () => {
    const ids = await registryIds(newClient(), [define(named('Learned', [id]))]);
    const [foreign] = await registerSchemas(newClient(), [define(named('Foreign', [id]))]);
    assert.equal(await ids.learn(foreign?.id ?? 0), false, 'an event that is not in the catalogue');
    assert.equal(await ids.learn(2 ** 30), false, 'an id that is not in the registry');
    const elsewhere = await newClient().register('elsewhere', named('Learned', [count]));
    assert.equal(await ids.learn(elsewhere), false, 'a schema of that name that ours cannot read');
  });
});

describe('a registry that is away for a while', { skip }, () => {
  it('is a transient failure, and then goes on with the same ids', async () => {
    const definition = define(named('Away', [id]), named('Away', [id, by]));
    const registered = await registerSchemas(newClient(), [definition]);
    const impatient = newClient(250);
    const ids = await registryIds(newClient(), [define(named('Away', [id]))]);
    await registry?.freeze();
    try {
      await assert.rejects(registryIds(impatient, [definition]), TransientFailure);
      await assert.rejects(registerSchemas(impatient, [definition]), TransientFailure);
    } finally {
      registry?.wake();
    }
    assert.deepEqual(await registerSchemas(newClient(), [definition]), registered);
    assert.equal(await ids.learn(registered[1]?.id ?? 0), true);
  });
});

const typeOf = (schema: AvroSchema): avro.Type =>
  avro.Type.forSchema(schema as unknown as avro.Schema, { wrapUnions: 'never' }); // As JSON, which avsc cannot infer.

/** avsc builds instances of classes of its own; what is in them is what counts. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
