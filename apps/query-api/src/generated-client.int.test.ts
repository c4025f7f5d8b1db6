/**
 * A client that is generated from the description of the API, compiled by a TypeScript of its own, and used: it calls every
 * operation there is, over a real database. Whatever it is answered is held against the description, headers included.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { byPlenum, done } from '@plenum/authentication/testing';
import { accessWorld } from './testing/access-world.ts';
import { type DescribedOperation, describedApi, operationsOf } from './testing/api-description.ts';
import { callsSource } from './testing/client-calls.ts';
import { compiledClient } from './testing/client-folder.ts';
import { describedChecker } from './testing/described-answers.ts';
import { answeredAnyway, answeredToOwner, validBodies, validQueries } from './testing/route-expectations.ts';

type Called = { readonly data?: unknown; readonly error?: unknown; readonly response: Response };
type Call = (client: unknown, given: (name: string) => string) => Promise<Called>;

/** Of the compiled example, as far as this test uses it. */
type Client = {
  readonly plenumClient: (
    baseUrl: string,
    credential: { readonly token: string } | { readonly apiKey: string },
  ) => unknown;
};

const operations = operationsOf(describedApi());

/** What makes things comes before what reads them, and what ends them comes last; of the session that asks, at the very end. */
const order = [
  /^POST (?!.*(\{|login|logout|sessions|me\/))/,
  /^POST .*\}\/password$/,
  /^POST .*(login|sessions)$/,
  /^GET [^{]*$/,
  /^GET /,
  /^PATCH /,
  /^PUT /,
  /^POST .*\{/,
  /^POST .*me\//,
  /^DELETE .*\}\/./,
  /^DELETE /,
  /./,
];

const rankOf = ({ method, path: at }: DescribedOperation): number =>
  order.findIndex((pattern) => pattern.test(`${method} ${at}`));

/** Where things are, by the address of all of their kind; what was made or listed meanwhile is added. */
const knownThings = () => {
  const places = new Map([
    ['/api/v1/nodes', '/api/v1/nodes/n1'],
    ['/api/iot/sensors', '/api/iot/sensors/n1_temperature'],
    ['/problems', '/problems/validation'],
    ['/api/material', '/api/material/led_panel_white'],
    ['/api/v1/materials', '/api/v1/materials/led_panel_white'],
  ]);
  const kindOf = (at: string): string => at.split('/{', 1)[0] ?? '';
  let keyId = 'x';
  return {
    note: ({ path: at }: DescribedOperation, body: unknown): void => {
      if (typeof body !== 'object' || body === null) return;
      if (at.endsWith('/keys') && 'key_id' in body) keyId = String(body.key_id);
      if (at.includes('{')) return;
      const { id, token_id, items } = body as { id?: string; token_id?: string; items?: { self?: string }[] };
      const self = items?.[0]?.self ?? ((id ?? token_id) ? `${at}/${id ?? token_id}` : undefined);
      if (self !== undefined) places.set(at, self);
    },
    isKnown: ({ path: at }: DescribedOperation): boolean => !at.includes('{') || places.has(kindOf(at)),
    /** What stands for a parameter in the address of a thing of this kind. */
    given:
      ({ path: at }: DescribedOperation) =>
      (name: string): string => {
        const place = places.get(kindOf(at))?.split('/')[at.split('/').indexOf(`{${name}}`)];
        return place ?? (name === 'version' ? '1' : name === 'key' ? keyId : 'x');
      },
  };
};

const run = promisify(execFile);

/** What only somebody who logged in can ask for. */
const sessionOnly = /\/me(\/|$)|logout|sessions/;

test('a generated client compiles, and calls every operation there is', async (t) => {
  const calls = callsSource(operations, { bodies: validBodies, queries: validQueries, headers: { Prefer: 'wait=2' } });
  const [modules, world] = await Promise.all([compiledClient(t, { 'calls.ts': calls }), accessWorld(t)]);
  const load = async <T>(name: string): Promise<T> => import(path.join(modules, name));
  const { plenumClient } = await load<Client>('client.js');
  const { calls: callsById } = await load<{ readonly calls: Readonly<Record<string, Call>> }>('calls.js');

  const { app, authentication, say, project, projecting } = world;
  await say('ceiling/nodes/n1/status', { status: 'online', battery_level: 80 });
  await say('ceiling/sensors/n1_temperature/data', {
    ...{ sensor_type: 'temperature', value: 21.5, unit: '°C', timestamp: '2026-03-04T09:15:02.118204Z' },
    location: { x: 1, y: 2, z: 3 },
  });
  await say('ceiling/sensors/n1_temperature/data', 'no JSON');
  // What the valid body of a command names.
  const node = { node_id: 'node-17', location: { x: 1, y: 2, z: 3 }, sensors: [] };
  const enrolled = await app.inject({
    ...{ method: 'POST', url: '/api/v1/nodes', headers: world.asAdministrator, payload: node },
  });
  assert.equal(enrolled.statusCode, 201, enrolled.body);
  await project();
  const password = 'a password of ann';
  const permissions = ['*', 'admin:organisations'];
  const caller = { login: 'caller', name: 'Caller', role: 'administrator' as const, permissions, password };
  await done(authentication.users.create({ ...caller, ...byPlenum() }));
  const from = { address: '127.0.0.1', userAgent: 'a test', resource: '/' };
  const started = await authentication.logins.login({ login: 'caller', password, ...from });
  assert.ok(started.outcome === 'started');
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  // A session may ask a hundred times a minute, and there are more operations: it is asked for what is about sessions alone.
  const ofSession = plenumClient(baseUrl, { token: started.token });
  const issued = await done(
    authentication.keys.issue({
      ...{ name: 'client', role: 'administrator', permissions, rateLimit: 10_000, ...byPlenum() },
    }),
  );
  const ofKey = plenumClient(baseUrl, { apiKey: issued.secret ?? assert.fail('a new key has no secret') });

  const { stdout } = await run(process.execPath, [path.join(modules, 'main.js'), baseUrl], {
    env: { PLENUM_API_KEY: world.asAdministrator['x-api-key'] },
  });
  assert.equal(stdout, '2026-03-04T09:15:02.118204Z  n1_temperature  21.5 °C\n');

  const check = describedChecker();
  const things = knownThings();
  const wrong: string[] = [];
  const called = new Set<string>();
  let unchanged = 0;
  for (const operation of operations.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const { operationId } = operation;
    const call = callsById[operationId];
    assert.ok(call !== undefined, operationId);
    const { data, error, response } = await projecting(
      call(sessionOnly.test(operation.path) ? ofSession : ofKey, things.given(operation)),
    );
    const { status } = response;
    const route = `${operation.method} ${operation.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
    // A thing of a kind that nothing above made may be absent.
    const isAbsent = status === 404 && !things.isKnown(operation);
    const isExpected = status === (answeredAnyway.get(route) ?? answeredToOwner.get(route));
    const isFine = response.ok || isAbsent || isExpected;
    if (!isFine) wrong.push(`${operationId} answered ${status}: ${JSON.stringify(error)}`);
    wrong.push(...check(operation, { status, headers: response.headers, body: data ?? error }));
    const tag = response.headers.get('etag');
    if (tag !== null && operation.parameters.some(({ name }) => name === 'If-None-Match')) {
      const headers = { authorization: `Bearer ${started.token}`, 'if-none-match': tag };
      const again = await fetch(response.url, { headers });
      if (again.status !== 304) wrong.push(`${operationId} answered ${again.status} to If-None-Match`);
      wrong.push(...check(operation, { status: 304, headers: again.headers, body: undefined }));
      unchanged += 1;
    }
    things.note(operation, data);
    called.add(operationId);
  }
  assert.deepEqual(wrong, []);
  assert.ok(unchanged >= 8, `${unchanged} answers were spared`);
  assert.ok(called.size === operations.length && called.size > 60, `${called.size} operations were called`);
});
