import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { byPlenum, done, newKey } from '@plenum/authentication/testing';
import { failExport, finishExport, slotsMax } from '@plenum/document';
import { type Command, plenumItself } from '@plenum/event';
import { handleCommand } from '@plenum/runtime';
import { accessWorld } from '../../testing/access-world.ts';

const clock = { nowUs: () => Date.now() * 1_000 };

const exportsWorld = async (t: TestContext) => {
  const world = await accessWorld(t);
  const { app, store, files, asAdministrator: headers } = world;
  let asked = 0;
  const decide = async (command: Command): Promise<void> => {
    asked += 1;
    const parts = { store, personal: world.personal, clock, random: { bytes16: () => randomBytes(16) } };
    const came = await handleCommand(parts, command, { id: `c${asked}`, actor: plenumItself });
    assert.equal(came.outcome, 'done');
  };
  const ask = (payload: object, more: object = {}) =>
    app.inject({ method: 'POST', url: '/api/v1/exports', headers: { ...headers, ...more }, payload });
  return {
    ...{ ...world, headers, ask, decide },
    get: (url: string, more: object = {}, method: 'GET' | 'HEAD' = 'GET') =>
      app.inject({ method, url: `/api/v1/exports/${url}`, headers: { ...headers, ...more } }),
    /** As the exporter does it. */
    finish: async (exportId: string, content: string, expiresInMs = 3_600_000): Promise<string> => {
      async function* bytes() {
        yield Buffer.from(content);
      }
      const {
        name: file,
        digest,
        bytes: length,
      } = await files.put(`exports/${exportId}/1/readings.csv`, bytes(), {
        bytesMax: 1_000,
      });
      await decide(
        finishExport(exportId, {
          ...{
            file,
            file_name: `readings-${exportId}.csv`,
            media_type: 'text/csv; charset=utf-8',
            bytes: length,
            digest,
          },
          ...{ rows: 1, position: '{"plenum.ceiling.readings":["1"]}', position_time: 5, conformance: '{"rows":1}' },
          expires_at: clock.nowUs() + expiresInMs * 1_000,
        }),
      );
      return digest;
    },
  };
};

test('an export is asked for, seen, and its file handed out whole or in parts', async (t) => {
  const { ask, get, finish, projecting, project, files } = await exportsWorld(t);
  const asked = await projecting(ask({ kind: 'readings', format: 'csv' }, { prefer: 'wait=10' }));
  assert.equal(asked.statusCode, 201, asked.body);
  const { id } = asked.json();
  const seen = (await get(id)).json();
  assert.deepEqual([seen.state, seen.percent, seen.kind, seen.file], ['requested', 0, 'readings', null]);
  const early = await get(`${id}/file`);
  assert.deepEqual([early.statusCode, early.headers['retry-after']], [409, '1']);

  const content = 'sensor_id,value\na,1\n';
  const digest = await finish(id, content);
  const whole = await get(`${id}/file`, { 'accept-encoding': 'gzip, br, zstd' });
  assert.deepEqual([whole.statusCode, whole.body], [200, content]);
  const { headers } = whole;
  assert.equal(headers['content-encoding'], undefined);
  assert.equal(headers['content-length'], String(content.length));
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(headers['content-disposition'], `attachment; filename="readings-${id}.csv"`);
  assert.equal(headers['accept-ranges'], 'bytes');
  assert.equal(headers.etag, `"${digest}"`);
  assert.equal(headers['repr-digest'], `sha-256=:${createHash('sha256').update(content).digest('base64')}:`);

  const part = await get(`${id}/file`, { range: 'bytes=10-14', 'if-range': `"${digest}"` });
  assert.deepEqual(
    [part.statusCode, part.body, part.headers['content-range']],
    [206, 'value', `bytes 10-14/${content.length}`],
  );
  const beyond = await get(`${id}/file`, { range: 'bytes=100-' });
  assert.deepEqual([beyond.statusCode, beyond.headers['content-range']], [416, `bytes */${content.length}`]);
  const head = await get(`${id}/file`, {}, 'HEAD');
  assert.deepEqual([head.statusCode, head.body, head.headers['content-length']], [200, '', String(content.length)]);
  assert.equal((await get(`${id}/file`, { 'if-none-match': `"${digest}"` })).statusCode, 304);

  // The table follows the log.
  for (let state = ''; state !== 'ready'; state = (await get(id)).json().state) await project();
  const ready = (await get(id)).json();
  assert.deepEqual([ready.rows, ready.digest, ready.file], [1, digest, `/api/v1/exports/${id}/file`]);
  assert.deepEqual(ready.conformance, { rows: 1 });
  const list = (await get('?state=ready')).json();
  assert.deepEqual(
    list.items.map((one: { readonly export_id: string }) => one.export_id),
    [id],
  );

  await files.remove(`exports/${id}/1/readings.csv`);
  assert.equal((await get(`${id}/file`)).statusCode, 410);
});

test('a file is handed out until its time is over, and to those who may read what is in it', async (t) => {
  const { ask, get, finish, decide, authentication, app, headers } = await exportsWorld(t);
  const idOf = async (): Promise<string> => (await ask({ kind: 'readings', format: 'csv' })).json().id;
  const [over, failed, kept, deleted] = [await idOf(), await idOf(), await idOf(), await idOf()];
  await finish(over, 'x', -1);
  assert.equal((await get(`${over}/file`)).statusCode, 410);
  await decide(failExport(failed, 'too-large', 'It is.'));
  assert.equal((await get(`${failed}/file`)).statusCode, 409);
  await finish(deleted, 'x');
  const gone = await app.inject({ method: 'DELETE', url: `/api/v1/exports/${deleted}`, headers });
  assert.equal(gone.statusCode, 200, gone.body);
  assert.equal((await get(`${deleted}/file`)).statusCode, 410);
  assert.equal((await get('0190a7f0-2222-7abc-8def-000000000002/file')).statusCode, 404);

  await finish(kept, 'x');
  const { secret } = await done(
    authentication.keys.issue({
      ...byPlenum(),
      name: 'clerk',
      role: 'guest',
      permissions: ['read:exports', 'write:exports'],
    }),
  );
  const asClerk = { 'x-api-key': secret ?? '' };
  assert.equal((await get(`${kept}/file`, asClerk)).statusCode, 403);
  assert.equal((await ask({ kind: 'readings', format: 'csv' }, asClerk)).statusCode, 403);
  assert.equal((await get(`${kept}/file`)).statusCode, 200);
});

test('what cannot be had is refused with everything that is wrong, and so are too many at a time', {
  timeout: 120_000,
}, async (t) => {
  const { ask, authentication, pool } = await exportsWorld(t);
  const faults = async (body: object) => {
    const answer = await ask(body);
    assert.equal(answer.statusCode, 400, answer.body);
    return answer
      .json()
      .errors.map((one: { readonly parameter: string }) => one.parameter)
      .toSorted();
  };
  assert.deepEqual(await faults({ kind: '../../etc/passwd', format: 'csv' }), ['kind']);
  assert.deepEqual(await faults({ format: 7, kind: 'x'.repeat(101), more: 1 }), ['kind', 'more']);
  assert.deepEqual(await faults({ kind: 'nodes', format: 'dxf', as_of: 'now', filters: { sensor_id: 'a' } }), [
    'as_of',
    'filters/sensor_id',
    'format',
  ]);
  const { rows } = await pool.query('select from plenum_document.export_work');
  assert.equal(rows.length, 0);

  const { key } = await newKey(authentication, 'administrator');
  const headers = { 'x-api-key': key };
  // More than a user may send in a minute.
  const requests = 1_200;
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < requests; sent += 20) {
    const some = await Promise.all(Array.from({ length: 20 }, () => ask({ kind: 'nodes', format: 'csv' }, headers)));
    for (const { statusCode } of some) statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  }
  assert.equal(statuses.get(201), slotsMax.user, JSON.stringify([...statuses]));
  const refused = (statuses.get(409) ?? 0) + (statuses.get(429) ?? 0);
  assert.equal(refused, requests - slotsMax.user, JSON.stringify([...statuses]));
  const { rows: kept } = await pool.query('select from plenum_document.export_work');
  assert.equal(kept.length, slotsMax.user);
});
