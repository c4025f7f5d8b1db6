import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { byPlenum, done } from '@plenum/authentication/testing';
import { failExport, finishExport } from '@plenum/document';
import { type Command, plenumItself } from '@plenum/event';
import { handleCommand } from '@plenum/runtime';
import { accessWorld } from '../../testing/access-world.ts';

const clock = { nowUs: () => Date.now() * 1_000 };
const dimensions = { length_mm: 4800, width_mm: 3600 };
const content = '<svg/>';
const flat = {
  ...{ ceiling_length: 4800, ceiling_width: 3600, perimeter_gap: 200, panel_gap: 200 },
  material_name: 'led_panel_white',
};

type Work = { readonly export_id: string; readonly kind: string; readonly format: string; readonly asked: object };

const oldClient = async (t: TestContext) => {
  const there = await accessWorld(t);
  const { app, store, files, pool, personal } = there;
  const decide = async (command: Command): Promise<void> => {
    const parts = { store, personal, clock, random: { bytes16: () => randomBytes(16) } };
    const id = `c${randomBytes(8).toString('hex')}`;
    assert.equal((await handleCommand(parts, command, { id, actor: plenumItself })).outcome, 'done');
  };
  const send = (method: 'GET' | 'POST', url: string, payload?: object | string, headers: object = {}) =>
    app.inject({
      ...{ method, url },
      headers: {
        ...there.asAdministrator,
        ...headers,
        ...(payload !== undefined && { 'content-type': 'application/json' }),
      },
      ...(payload !== undefined && { payload }),
    });
  const works = async (): Promise<readonly Work[]> =>
    (await pool.query<Work>('select export_id, kind, format, asked from plenum_document.export_work')).rows;
  const finish = async ({ export_id: id, format }: Work, expiresInMs = 3_600_000): Promise<void> => {
    async function* bytes() {
      yield Buffer.from(content);
    }
    const {
      name: file,
      digest,
      bytes: length,
    } = await files.put(`exports/${id}/1/x.${format}`, bytes(), { bytesMax: 99 });
    const made = { file, file_name: `x-${id}.${format}`, media_type: 'image/svg+xml', bytes: length, digest };
    await decide(
      finishExport(id, {
        ...{ ...made, position: '{}', position_time: 5, conformance: '{}', rows: undefined },
        expires_at: clock.nowUs() + expiresInMs * 1_000,
      }),
    );
  };
  /** Sends, and ends what is asked for meanwhile, as the exporter does. */
  const ending = async (end: (work: Work) => Promise<void>, ...asked: Parameters<typeof send>) => {
    const known = new Set((await works()).map(({ export_id }) => export_id));
    let isAnswered = false;
    const answer = send(...asked).finally(() => {
      isAnswered = true;
    });
    while (!isAnswered) {
      const work = (await works()).find(({ export_id }) => !known.has(export_id));
      if (work === undefined) continue;
      await end(work);
      return { work, answer: await answer };
    }
    throw new Error(`nothing was asked for: ${(await answer).body}`);
  };
  return { there, decide, send, works, finish, ending };
};

test('clients of the replaced API server ask for a file, and have it when they are answered', async (t) => {
  const { send, finish, ending } = await oldClient(t);
  const { work, answer } = await ending(finish, 'POST', '/api/v1/exports/svg', {
    ...{ dimensions, spacing: { panel_gap_mm: 200 }, material_id: 'led_panel_white', options: { scale: 2 } },
  });
  assert.equal(answer.statusCode, 200, answer.body);
  assert.deepEqual([work.kind, work.format], ['ceiling-calculation', 'svg']);
  assert.partialDeepStrictEqual(work.asked, { options: { ...dimensions, material: 'led_panel_white', scale: 2 } });
  const { success, data } = answer.json();
  assert.equal(success, true);
  assert.match(data.id, /^exp_[0-9a-f]{32}$/);
  assert.partialDeepStrictEqual(data, { format: 'svg', status: 'ready', file_size_bytes: content.length });
  assert.equal(data.file_url, `/api/v1/exports/download/${data.id}`);
  assert.ok(Date.parse(data.expires_at) > Date.parse(data.created_at));
  assert.doesNotMatch(answer.body, /"file_path"|\/1\/x\.svg/);

  assert.deepEqual((await send('GET', `/api/v1/exports/${data.id}`)).json(), answer.json());
  const file = await send('GET', data.file_url);
  assert.deepEqual([file.statusCode, file.body], [200, content]);
  assert.match(String(file.headers['content-disposition']), /^attachment; /);
  assert.equal((await send('GET', data.file_url, undefined, { range: 'bytes=0-1' })).body, '<s');
  // Ours is there as well, at its own address.
  assert.equal((await send('GET', `/api/v1/exports/${work.export_id}/file`)).body, content);
});

test('an export that fails or is over says so in the envelope', async (t) => {
  const { decide, send, finish, ending } = await oldClient(t);
  const failed = await ending(
    (work) => decide(failExport(work.export_id, 'not-possible', 'It is not.')),
    ...(['POST', '/api/v1/exports/dxf', { dimensions }] as const),
  );
  assert.deepEqual([failed.answer.statusCode, failed.answer.json().error.code], [409, 'EXPORT_ERROR']);
  assert.equal(failed.answer.json().error.message, 'It is not.');
  const { work } = await ending((one) => finish(one, -1), 'POST', '/api/v1/exports/json', { dimensions });
  const id = `exp_${work.export_id.replaceAll('-', '')}`;
  for (const url of [`/api/v1/exports/${id}`, `/api/v1/exports/download/${id}`]) {
    const over = await send('GET', url);
    assert.deepEqual([over.statusCode, over.json().success, over.json().error.code], [410, false, 'EXPIRED'], url);
  }
  for (const none of [`exp_${'0'.repeat(32)}`, 'exp_x', 'download/x', `download/${work.export_id}`]) {
    const missing = await send('GET', `/api/v1/exports/${none}`);
    assert.deepEqual([missing.statusCode, missing.json().error.code], [404, 'NOT_FOUND'], none);
  }
});

test('clients of the replaced building server get a file of a ceiling or of a project, wherever they want it', async (t) => {
  const { there, send, finish, ending } = await oldClient(t);
  const of = { ...flat, waste_factor: 0.1, output_dir: '../../etc' };
  const { work, answer } = await ending(finish, 'POST', '/api/export/report', of);
  assert.deepEqual([answer.statusCode, work.format, work.kind], [200, 'txt', 'ceiling-calculation']);
  assert.doesNotMatch(JSON.stringify(work.asked) + answer.body, /etc/);
  const { success, filename, file_url } = answer.json();
  assert.deepEqual([success, filename], [true, `x-${work.export_id}.txt`]);
  assert.equal((await send('GET', file_url)).body, content);

  const project = await there.projecting(send('POST', '/api/v1/projects', { name: 'Hall', dimensions }));
  const { id: project_id } = project.json().data;
  const drawn = await ending(finish, 'POST', '/api/export/dxf', { project_id });
  assert.equal(drawn.answer.statusCode, 200, drawn.answer.body);
  assert.deepEqual([drawn.work.kind, drawn.work.asked], ['ceiling', { options: { project: project_id } }]);
});

test('what cannot be exported is refused with everything that is wrong, and nothing is asked for', async (t) => {
  const { there, send, works } = await oldClient(t);
  const refused = async (status: number, url: string, payload: object | string, headers: object = {}) => {
    const answer = await send('POST', url, payload, headers);
    assert.deepEqual([answer.statusCode, answer.json().success], [status, false], `${url}: ${answer.body}`);
    return answer.json().error;
  };
  const all = '/api/v1/exports/svg';
  assert.equal((await refused(400, all, '{"dimensions":')).code, 'BAD_REQUEST');
  assert.equal((await refused(400, all, {})).code, 'MISSING_FIELD');
  const bad = { dimensions: { length_mm: -1, width_mm: 1e9 }, options: { scale: 0 } };
  const { code, message } = await refused(400, all, bad);
  assert.equal(code, 'INVALID_VALUE');
  for (const field of ['length_mm', 'width_mm', 'scale']) assert.ok(message.includes(field), message);
  const gold = await refused(422, all, { dimensions: { length_mm: 300, width_mm: 300 }, material_id: 'gold' });
  assert.ok(gold.message.includes('material_id') && gold.message.includes('length_mm'), gold.message);

  assert.match(await refused(400, '/api/export/svg', {}), /no project/);
  assert.match(await refused(400, '/api/export/svg', { project_id: '../x' }), /no such project/);
  assert.match(
    await refused(400, '/api/export/ifc', flat),
    /cannot be had as ifc, but as any of json, dxf, svg, report/,
  );
  const wrong = { ...flat, ceiling_length: 1e9, perimeter_gap: -1, material_name: 'gold', waste_factor: 7 };
  const error = await refused(400, '/api/export/svg', wrong);
  for (const field of ['length_mm', 'perimeter_gap_mm', 'material_name', 'waste_factor'])
    assert.ok(error.includes(field), error);

  const named = {
    ...byPlenum(),
    name: 'clerk',
    role: 'guest',
    permissions: ['write:exports', 'read:exports'],
  } as const;
  const { secret } = await done(there.authentication.keys.issue(named));
  const asClerk = { 'x-api-key': secret ?? '' };
  assert.equal((await refused(403, all, { dimensions }, asClerk)).code, 'FORBIDDEN');
  await refused(403, '/api/export/svg', flat, asClerk);
  assert.deepEqual(await works(), []);
});
