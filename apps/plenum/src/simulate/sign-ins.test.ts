/** Signing simulated nodes in, against an API that knows who is enrolled. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { traffic } from '@plenum/simulation';
import type { Client } from '../api/api-client.ts';
import type { NodeKey } from './node-key.ts';
import { openSignIns } from './sign-ins.ts';

const shares = { malformed: 0, again: 0, late: 0, reordered: 0 };
const { nodes } = traffic({ seed: 1, nodes: 60, messages: 0, shares });
const silent = (): void => undefined;

describe('what simulated nodes sign in with', () => {
  it('is a key of each, which is revoked at the end', async (t) => {
    const api = await fakeApi(t);
    const opened = await openSignIns({ nodes, keysFile: undefined, client: api.client, tell: silent });
    assert.deepEqual(
      opened.signIns.map(({ username }) => username.split('/')[0]),
      nodes.map(({ id }) => id),
    );
    assert.deepEqual(
      new Set(opened.signIns.map(({ password }) => password)),
      new Set(api.keys().map(({ key }) => key)),
    );
    assert.ok(api.sensors.every((list) => list.split(';').length === 9));
    await opened.end();
    assert.deepEqual(api.keys(), []);
  });

  it('is kept in a file, and is the same the next time, with the API and without', async (t) => {
    const api = await fakeApi(t);
    const keysFile = path.join(await directoryOf(t), 'nodes.keys');
    const first = await openSignIns({ nodes, keysFile, client: api.client, tell: silent });
    await first.end();
    const second = await openSignIns({ nodes, keysFile, client: api.client, tell: silent });
    const third = await openSignIns({ nodes, keysFile, client: undefined, tell: silent });
    assert.deepEqual([second.signIns, third.signIns], [first.signIns, first.signIns]);
    assert.equal(api.keys().length, nodes.length);
    const more = traffic({ seed: 1, nodes: 62, messages: 0, shares }).nodes;
    const missing = openSignIns({ nodes: more, keysFile, client: undefined, tell: silent });
    await assert.rejects(missing, /no key of ceiling_node_061 and 1 more nodes: --enrol/);
  });

  it('is another key where the file has none of a node that is enrolled', async (t) => {
    const api = await fakeApi(t);
    const before = await openSignIns({ nodes, keysFile: undefined, client: api.client, tell: silent });
    const second = await openSignIns({ nodes, keysFile: undefined, client: api.client, tell: silent });
    const both = new Set([...before.signIns, ...second.signIns].map(({ password }) => password));
    assert.equal(both.size, 2 * nodes.length);
    const third = openSignIns({ nodes, keysFile: undefined, client: api.client, tell: silent });
    await assert.rejects(third, /\/keys of http\S+ was answered with 422: Not possible\. A node has at most 2 keys/);
    await second.end();
    assert.deepEqual(
      new Set(api.keys().map(({ key }) => key)),
      new Set(before.signIns.map(({ password }) => password)),
    );
  });

  it('does not outlive a start that fails, also when other requests were under way', async (t) => {
    const api = await fakeApi(t, { refused: 'ceiling_node_040' });
    const settings = { nodes, keysFile: undefined, client: api.client, tell: silent };
    await assert.rejects(openSignIns(settings), /ceiling_node_040 cannot be enrolled: it is another/);
    assert.deepEqual(api.keys(), []);
  });

  it('is of the site where they are enrolled now, not of one before it', async (t) => {
    const api = await fakeApi(t);
    const keysFile = path.join(await directoryOf(t), 'nodes.keys');
    const stale = nodes.map(({ id }) => ({ node_id: id, key_id: 'old', user_name: `${id}/old`, key: 'old' }));
    await writeFile(keysFile, stale.map((key) => `${JSON.stringify(key)}\n`).join(''), { mode: 0o600 });
    const { signIns } = await openSignIns({ nodes, keysFile, client: api.client, tell: silent });
    assert.ok(signIns.every(({ password }) => password !== 'old'));
    assert.equal((await readFile(keysFile, 'utf8')).trim().split('\n').length, 2 * nodes.length);
  });

  it('waits where there are too many requests, and says what the API says else', async (t) => {
    const busy = await fakeApi(t, { busy: 1 });
    const waited: number[] = [];
    const patient = { ...busy.client, waiting: (seconds: number): void => void waited.push(seconds) };
    await openSignIns({ nodes: nodes.slice(0, 1), keysFile: undefined, client: patient, tell: silent });
    assert.deepEqual(waited, [0.01]);
    const { client } = await fakeApi(t);
    const strange = { ...client, key: { secret: 'another' } };
    const asked = { nodes, keysFile: undefined, client: strange, tell: silent };
    await assert.rejects(openSignIns(asked), /with 403: Not allowed\. This takes the permission write:nodes/);
    const nowhere = { ...client, apiUrl: 'http://127.0.0.1:1' };
    await assert.rejects(openSignIns({ ...asked, client: nowhere }), /no API answers at http:\/\/127\.0\.0\.1:1: /);
  });
});

type FakeApi = {
  readonly client: Client;
  /** That are good. */
  readonly keys: () => readonly NodeKey[];
  /** As each node was enrolled with them. */
  readonly sensors: readonly string[];
};

/** Enrols, issues and revokes as the API does; `busy` requests are too many. */
const fakeApi = async (t: TestContext, { refused = '', busy = 0 } = {}): Promise<FakeApi> => {
  const enrolled = new Map<string, NodeKey[]>();
  const sensors: string[] = [];
  let issued = 0;
  let left = busy;
  const issue = (node_id: string): NodeKey => {
    issued += 1;
    const key_id = String(issued).padStart(8, '0');
    const key = { node_id, key_id, user_name: `${node_id}/${key_id}`, key: `secret ${key_id}` };
    enrolled.get(node_id)?.push(key);
    return key;
  };
  const lineOf = (written: string): object => {
    const [node_id = '', , , , , listed = ''] = written.split(',');
    const nothing = { node_id, reason: null, key_id: null, user_name: null, key: null };
    if (node_id === refused) return { ...nothing, outcome: 'refused', reason: 'it is another' };
    if (enrolled.has(node_id)) return { ...nothing, outcome: 'unchanged' };
    enrolled.set(node_id, []);
    sensors.push(listed);
    return { ...nothing, outcome: 'enrolled', ...issue(node_id) };
  };
  const answer = (asked: string, body: unknown): readonly [status: number, body: object] => {
    const [, nodeId = '', keyId] = /\/nodes\/([^/]+)\/keys(?:\/(.+))?$/.exec(asked) ?? [];
    const keys = enrolled.get(nodeId) ?? [];
    if (nodeId === '') {
      const { csv } = body as { readonly csv: string }; // As the table route takes it.
      return [200, { lines: csv.trim().split('\n').slice(1).map(lineOf) }];
    }
    if (keyId !== undefined) {
      const others = keys.filter(({ key_id }) => key_id !== keyId);
      enrolled.set(nodeId, others);
      return [200, {}];
    }
    return keys.length < 2
      ? [200, { id: nodeId, ...issue(nodeId) }]
      : [422, { title: 'Not possible', detail: 'A node has at most 2 keys: revoke one first.' }];
  };
  const server = createServer((request, response) => {
    const reply = (status: number, body: object, headers = {}): void =>
      void response.writeHead(status, headers).end(JSON.stringify(body));
    if (request.headers['x-api-key'] !== 'good') {
      return reply(403, { title: 'Not allowed', detail: 'This takes the permission write:nodes.' });
    }
    left -= 1;
    if (left >= 0) return reply(429, {}, { 'retry-after': '0.01' });
    const read = request.method === 'POST' ? json(request) : Promise.resolve({});
    void read.then((body) => reply(...answer(request.url ?? '', body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { apiUrl, key: { secret: 'good' }, stop: t.signal };
  return { client, keys: () => [...enrolled.values()].flat(), sensors };
};

const directoryOf = async (t: TestContext): Promise<string> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'plenum-keys-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
};
