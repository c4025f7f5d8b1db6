/**
 * Headers that an answer may have or not, each where it is described and where it works. All others, and whether each request
 * header does what is said, are tried on every operation: in `generated-client.int.test.ts`, `versions.test.ts` and
 * `idempotency.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectRoutes, isWriting } from '../testing/all-routes.ts';
import { type DescribedOperation, describedApi, operationsOf } from '../testing/api-description.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { fakeAuthentication, somebody } from '../testing/fake-authentication.ts';
import { anAdministrator, willingAuthentication } from '../testing/willing-authentication.ts';
import { takesKeys } from './idempotency.ts';

const operations = operationsOf(describedApi());
const byId = (id: string): DescribedOperation =>
  operations.find(({ operationId }) => operationId === id) ?? assert.fail(`there is no ${id}`);

const node = (id: string) => ({
  ...{
    node_id: id,
    status: null,
    stale: false,
    battery_level: null,
    latest_reading: null,
    location: null,
    sensors: null,
  },
  ...{ last_seen: '2026-03-04T09:15:02.118204Z', firmware_version: null, capabilities: null, registered_time: null },
  ...{ event_id: 'e', log_partition: 0, log_offset: 0 },
});
const counts = { total_nodes: 0, online_nodes: 0, offline_nodes: 0, network_health: 0, stale_nodes: 0 };
const large = Array.from({ length: 3 }, (_, index) => ({
  ...node(`n${index}`),
  capabilities: { text: 'x'.repeat(9_000_000) },
}));
const begun = { outcome: 'in-flight' } as const;
const willing = (identity = anAdministrator) =>
  willingAuthentication(undefined, {
    authenticate: () => ({ outcome: 'authenticated', identity, described: { roles: [] } }),
    requests: { begin: async () => begun },
  });
const rows = { nodes: { page: async () => [node('a'), node('b'), node('c')], networkStatus: async () => counts } };

type Parts = NonNullable<Parameters<typeof fakeApp>[1]>;
type Case = {
  readonly header: string;
  readonly operation: string;
  readonly status: number;
  readonly url: string;
  readonly parts: Parts;
  readonly headers?: Readonly<Record<string, string>>;
};

const cases: readonly Case[] = [
  { header: 'Link', operation: 'listNodes', status: 200, url: '/api/v1/nodes', parts: { reads: rows } },
  {
    ...{ header: 'Plenum-Truncated', operation: 'buildingNetworkStatus', status: 200, url: '/api/iot/network/status' },
    parts: { reads: { nodes: { ...rows.nodes, page: async () => large } } },
  },
  {
    ...{ header: 'Retry-After', operation: 'getUserVersion', status: 200, url: '/api/v1/users/x/versions/7' },
    parts: { reads: { users: { byId: async () => undefined } } },
  },
  {
    ...{ header: 'Retry-After', operation: 'disableUser', status: 409, url: '/api/v1/users/x/disable' },
    ...{ parts: { authentication: willing() }, headers: { 'idempotency-key': 'k' } },
  },
  {
    ...{ header: 'Retry-After', operation: 'listNodes', status: 429, url: '/api/v1/nodes' },
    parts: { authentication: { ...willing(), limit: () => ({ allowed: false, limit: 1, remaining: 0, resetS: 9 }) } },
  },
  {
    ...{ header: 'Retry-After', operation: 'getReadiness', status: 503, url: '/api/v1/health/ready' },
    parts: { reads: { checkpoints: { active: async () => [] } } },
  },
  {
    ...{ header: 'WWW-Authenticate', operation: 'getMe', status: 401, url: '/api/v1/me' },
    parts: { authentication: fakeAuthentication() },
  },
  {
    ...{ header: 'WWW-Authenticate', operation: 'listUsers', status: 403, url: '/api/v1/users' },
    parts: { authentication: willing(somebody) },
  },
  {
    ...{ header: 'Location', operation: 'getIndex', status: 303, url: '/', parts: {} },
    headers: { accept: 'text/html' },
  },
];

for (const { header, operation, status, url, parts, headers = {} } of cases) {
  test(`${header} of ${operation} is there with ${status}, as it is described`, async (t) => {
    const { method, answers } = byId(operation);
    assert.ok(header in (answers[String(status)]?.headers ?? {}), 'it is described');
    const app = await fakeApp(t, parts);
    const answer = await app.inject({ method: method as 'GET', url, headers: { ...headers } }); // As it is described.
    assert.equal(answer.statusCode, status, answer.body.slice(0, 500));
    assert.ok(answer.headers[header.toLowerCase()] !== undefined, JSON.stringify(answer.headers));
  });
}

test('an Idempotency-Key and Prefer stand where they are looked at', async (t) => {
  const routes = collectRoutes();
  const app = await fakeApp(t, { onRoute: routes.onRoute });
  const writing = (await routes.all(app)).filter(isWriting);
  const taking = (header: string) =>
    operations
      .filter(({ parameters }) => parameters.some(({ name }) => name === header))
      .map(({ operationId }) => operationId);
  const keyed = writing.filter(({ method, config }) => takesKeys({ method, config: config ?? {} }));
  const idOf = ({ schema }: (typeof writing)[number]): unknown => (schema as { operationId?: string }).operationId;
  assert.deepEqual(new Set(taking('Idempotency-Key')), new Set(keyed.map(idOf)));
  assert.ok(taking('Prefer').length >= 14 && taking('If-Match').length >= 11);
});
