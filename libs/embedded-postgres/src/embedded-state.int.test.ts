import assert from 'node:assert/strict';
import { it } from 'node:test';
import pg from 'pg';
import { embeddedState } from './embedded-state.ts';
import { testDirectory, testServer } from './testing/test-server.ts';

it('finds the server while it runs, and says when there is none', async (t) => {
  const dataDir = testDirectory(t);
  assert.deepEqual(await embeddedState(dataDir), { state: 'absent' });
  const server = await testServer(t, { dataDir });
  const found = await embeddedState(dataDir);
  assert.ok(found.state === 'running');
  assert.equal(found.url, server.url);
  const client = new pg.Client(found.url);
  await client.connect();
  await client.end();
  await server.stop();
  assert.deepEqual(await embeddedState(dataDir), { state: 'stopped' });
});
