import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { fingerprintIds } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { type Environment, readConfig } from '@plenum/config';
import { SchemasNotRegistered } from '@plenum/registry';
import type { Logger } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { openCodec } from './open-codec.ts';
import { assemblySettings } from './settings.ts';

const open = (environment: Environment, more: { readonly logger?: Logger; readonly stop?: AbortSignal } = {}) =>
  openCodec({
    config: readConfig(assemblySettings, environment),
    ...{ logger: silentLogger, stop: new AbortController().signal, ...more },
  });

/** A record that says no more than which schema it was written with. */
const recordWith = (schemaId: number) => {
  const value = Buffer.alloc(5);
  value.writeUInt32BE(schemaId, 1);
  return { offset: 0n, timestampMs: 0, key: 'k', value, headers: {} };
};

describe('the codec', () => {
  it('knows fingerprints without a registry', async () => {
    const codec = await open({});
    const [event] = events;
    assert.ok(event);
    assert.equal(codec.decode(recordWith(1)).outcome, 'unknown-schema');
    assert.equal(codec.decode(recordWith(fingerprintIds(events).idOf(event, 1))).outcome, 'undecodable');
  });

  it('knows the ids of the registry, and fingerprints of records from before there was one', async (t) => {
    const codec = await open({ SCHEMA_REGISTRY_URL: await registry(t, () => 7) });
    const [event] = events;
    assert.ok(event);
    // An empty body is none of that schema: the schema is known, and the record is not.
    assert.equal(codec.decode(recordWith(7)).outcome, 'undecodable');
    assert.equal(codec.decode(recordWith(fingerprintIds(events).idOf(event, 1))).outcome, 'undecodable');
  });

  it('is refused while nobody has registered the schemas', async (t) => {
    const refused = open({ SCHEMA_REGISTRY_URL: await registry(t, () => undefined) });
    await assert.rejects(refused, SchemasNotRegistered);
  });

  it('waits for a registry that is away, says so, and stops waiting when it is asked to', async () => {
    const stopping = new AbortController();
    const said = Promise.withResolvers<string>();
    const logger = { ...silentLogger, warn: (_: object, text: string) => said.resolve(text) };
    const waiting = open({ SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1' }, { logger, stop: stopping.signal });
    const stopped = assert.rejects(waiting, (error) => error === stopping.signal.reason);
    const text = await said.promise;
    stopping.abort();
    await stopped;
    assert.match(text, /schema registry/);
  });
});

/** Says of every schema which id it has, or that it has none. */
const registry = async (t: TestContext, idOf: () => number | undefined): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume();
    const id = idOf();
    response.writeHead(id === undefined ? 404 : 200, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(JSON.stringify(id === undefined ? { error_code: 40403, message: 'Schema not found' } : { id }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
