import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AvroSchema, defineEvent } from '@plenum/event';
import { TransientFailure } from '@plenum/runtime';
import avro from 'avsc';
import type { RegistryClient } from './registry-client.ts';
import { registryIds, SchemasNotRegistered } from './registry-ids.ts';

const named = (name: string, fields: readonly object[]): AvroSchema =>
  ({ type: 'record', namespace: 'test', name, fields }) as AvroSchema; // `object` hides the fields from its type.

const id = { name: 'id', type: 'string' };
const by = { name: 'by', type: ['null', 'string'], default: null };
const at = { name: 'at', type: ['null', 'long'], default: null };

const v1 = named('Moved', [id]);
const v2 = named('Moved', [id, by]);
const Moved = defineEvent<{ id: string }>()({
  topic: 'moves',
  key: (data) => data.id,
  schemas: [v1, v2],
  upcast: { 1: (older: object) => ({ ...older, by: undefined }) },
});

/** A registry that holds these, each under its index, and takes schemas with other documentation for other schemas. */
const holding = (schemas: readonly unknown[]): RegistryClient => ({
  register: () => assert.fail('nothing is registered by a process that serves'),
  find: async (_subject, schema) => {
    const found = schemas.findIndex((one) => JSON.stringify(one) === JSON.stringify(schema));
    return found === -1 ? undefined : found;
  },
  schemaOf: async (wanted) => {
    const schema = schemas[wanted];
    return schema === undefined ? undefined : avro.Type.forSchema(schema as avro.Schema, { wrapUnions: 'never' });
  },
});

describe('registryIds', () => {
  it('knows both ways for every version', async () => {
    const ids = await registryIds(holding([v2, v1]), [Moved]);
    assert.deepEqual([ids.idOf(Moved, 1), ids.idOf(Moved, 2)], [1, 0]);
    assert.deepEqual(ids.versionOf(0), { definition: Moved, version: 2, writer: v2 });
    assert.throws(() => ids.idOf(Moved, 3), /test\.Moved v3 is not in the catalogue/);
  });

  it('refuses to start when a schema is missing', async () => {
    await assert.rejects(registryIds(holding([v1]), [Moved]), (error) => {
      assert.ok(error instanceof SchemasNotRegistered);
      assert.match(error.message, /^not registered: test\.Moved v2; run `plenum schemas register` first$/);
      return true;
    });
  });

  it('reads what a newer version wrote in the newest shape it has', async () => {
    const ids = await registryIds(holding([v1, v2, named('Moved', [id, by, at])]), [Moved]);
    assert.equal(await ids.learn(2), true);
    const { version, writer, definition } = ids.versionOf(2) ?? assert.fail('learned');
    assert.deepEqual([version, definition], [2, Moved]);
    assert.deepEqual([writer.namespace, writer.name], ['test', 'Moved'], 'as our own schemas say it');
  });

  it('reads a version whose documentation was another then as that version, so that it is upcast', async () => {
    const ids = await registryIds(holding([v1, v2, named('Moved', [{ ...id, doc: 'As it was said then.' }])]), [Moved]);
    assert.equal(await ids.learn(2), true);
    assert.equal(ids.versionOf(2)?.version, 1);
  });

  it('learns nothing from an id it can make no use of', async () => {
    const unreadable = named('Moved', [{ name: 'id', type: 'int' }]);
    const ids = await registryIds(holding([v1, v2, named('Other', [id]), unreadable]), [Moved]);
    for (const useless of [2, 3, 4]) {
      assert.equal(await ids.learn(useless), false);
      assert.equal(ids.versionOf(useless), undefined);
    }
  });

  it('distinguishes transient failures from a "no" while it learns', async () => {
    const away = new TransientFailure('registry', 'away');
    const client = { ...holding([v1, v2]), schemaOf: () => Promise.reject(away) };
    const ids = await registryIds(client, [Moved]);
    await assert.rejects(ids.learn(7), away);
  });
});
