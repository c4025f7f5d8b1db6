import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessWorld } from '../../testing/access-world.ts';

const dimensions = { length_mm: 4800, width_mm: 3600 };

const oldClient = async (t: Parameters<typeof accessWorld>[0]) => {
  const there = await accessWorld(t);
  const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object | string) =>
    there.projecting(
      there.app.inject({
        ...{ method, url },
        headers: { ...there.asAdministrator, ...(payload !== undefined && { 'content-type': 'application/json' }) },
        ...(payload !== undefined && { payload }),
      }),
    );
  const answered = async (status: number, ...asked: Parameters<typeof send>) => {
    const answer = await send(...asked);
    assert.equal(answer.statusCode, status, `${asked[0]} ${asked[1]}: ${answer.body}`);
    return answer.json();
  };
  return { there, answered };
};

test('clients of the replaced API server keep projects as they always wanted to', async (t) => {
  const { answered } = await oldClient(t);
  const asked = { name: 'Hall', description: 'Great', dimensions, material_id: 'led_panel_white', tags: ['a', 'b'] };
  const { success, data: made } = await answered(201, 'POST', '/api/v1/projects', { ...asked, metadata: { floor: 2 } });
  assert.equal(success, true);
  assert.partialDeepStrictEqual(made, {
    ...{
      name: 'Hall',
      dimensions,
      spacing: { perimeter_gap_mm: 200, panel_gap_mm: 50 },
      material_id: 'led_panel_white',
    },
    ...{ calculation_id: null, tags: ['a', 'b'], metadata: { floor: 2 } },
  });
  const at = `/api/v1/projects/${made.id}`;
  const changed = await answered(200, 'PUT', at, { spacing: { panel_gap_mm: 200 }, name: 'Great hall' });
  assert.partialDeepStrictEqual(changed.data, { name: 'Great hall', dimensions, description: 'Great' });
  assert.deepEqual(changed.data.spacing, { perimeter_gap_mm: 200, panel_gap_mm: 200 });

  const { data: calculated } = await answered(200, 'POST', `${at}/calculate`);
  assert.partialDeepStrictEqual(calculated.result.layout, {
    total_panels: 6,
    panels_per_row: 2,
    efficiency_percent: 69.44,
  });
  assert.deepEqual((await answered(200, 'GET', at)).data.calculation_id, calculated.calculation_id);
  const kept = await answered(200, 'GET', `/api/v1/calculate/${calculated.calculation_id}`);
  assert.deepEqual(kept.data, calculated.result);

  await answered(201, 'POST', '/api/v1/projects', { name: 'Foyer', dimensions });
  const page = await answered(200, 'GET', '/api/v1/projects?per_page=1');
  assert.deepEqual(page.meta, { page: 1, per_page: 1, total: 2, total_pages: 2 });
  assert.deepEqual(
    page.data.map(({ name }: { name: string }) => name),
    ['Foyer'],
  );
  assert.equal((await answered(200, 'GET', '/api/v1/projects?search=GREAT&tags=a,b')).data[0].id, made.id);

  assert.deepEqual((await answered(200, 'DELETE', at)).data, { deleted: true, id: made.id });
  for (const method of ['GET', 'PUT'] as const) {
    const gone = await answered(404, method, at, method === 'PUT' ? { name: 'x' } : undefined);
    assert.equal(gone.error.code, 'NOT_FOUND', method);
  }
  assert.equal((await answered(200, 'GET', '/api/v1/projects')).meta.total, 1);
});

test('a calculation is kept, and found again', async (t) => {
  const { there, answered } = await oldClient(t);
  const asked = { dimensions: { length_mm: 5000, width_mm: 4000 }, material_id: 'drywall_white' };
  const { data, meta } = await answered(200, 'POST', '/api/v1/calculate', asked);
  assert.partialDeepStrictEqual(data, {
    spacing: { perimeter_gap_mm: 200, panel_gap_mm: 50 },
    layout: { panel_width_mm: 1775, panel_length_mm: 2275, total_coverage_sqm: 16.1525, gap_area_sqm: 3.8475 },
    material: { id: 'drywall_white', cost_per_sqm: 15 },
  });
  assert.equal(typeof meta.request_id, 'string');
  await there.project();
  const found = await answered(200, 'GET', `/api/v1/calculate/${data.id}`);
  assert.deepEqual(
    { ...found.data, created_at: 0, execution_time_ms: 0 },
    { ...data, created_at: 0, execution_time_ms: 0 },
  );
  assert.equal((await answered(404, 'GET', '/api/v1/calculate/calc_0123456789ab')).error.code, 'NOT_FOUND');
});

test('materials and their costs are answered, and the building server calculates', async (t) => {
  const { answered } = await oldClient(t);
  const { data, meta } = await answered(200, 'GET', '/api/v1/materials?category=metal&max_cost=130');
  assert.deepEqual([data.map(({ id }: { id: string }) => id), meta], [['aluminum_brushed'], { total: 1 }]);
  assert.equal((await answered(200, 'GET', '/api/v1/materials')).meta.total, 7);
  const estimate = await answered(200, 'POST', '/api/v1/materials/cost-estimate', {
    material_id: 'acoustic_grey',
    area_sqm: 10,
  });
  assert.partialDeepStrictEqual(estimate.data, {
    waste_factor: 1.15,
    raw_cost: 350,
    total_cost: 402.5,
    currency: 'USD',
  });
  const calculated = await answered(200, 'POST', '/api/calculate', {
    ...{ ceiling_length: 4800, ceiling_width: 3600, perimeter_gap: 200, panel_gap: 200 },
    ...{ material_name: 'led_panel_white', waste_factor: 0 },
  });
  assert.partialDeepStrictEqual(calculated, {
    ...{
      layout: { total_panels: 6, panel_width: 1500, coverage: 12 },
      costs: { total_cost: 5400, labor_multiplier: null },
    },
    ceiling: { length: 4800, width: 3600, area: 17.28 },
  });
  assert.equal((await answered(400, 'GET', '/api/material/gold')).success, false);
});

test('what is wrong is said in the envelope, all of it, and nothing is written', async (t) => {
  const { there, answered } = await oldClient(t);
  const count = async () => (await there.pool.query('select count(*) from plenum_store.stream_event')).rows;
  const before = await count();
  const failed = async (status: number, code: string, ...asked: [string, (object | string)?]) => {
    const { success, error, type } = await answered(status, 'POST', ...asked);
    assert.deepEqual([success, error.code, type.startsWith('/problems/')], [false, code, true], asked[0]);
    return error;
  };
  await failed(400, 'BAD_REQUEST', '/api/v1/calculate', '{"dimensions":');
  assert.equal((await failed(400, 'MISSING_FIELD', '/api/v1/projects', { dimensions })).field, 'name');
  const bad = { name: 'x'.repeat(300), dimensions: { length_mm: 'NaN', width_mm: -1 }, spacing: { panel_gap_mm: 1e9 } };
  const { message } = await failed(400, 'INVALID_VALUE', '/api/v1/projects', bad);
  for (const field of ['name', 'length_mm', 'width_mm', 'panel_gap_mm']) assert.ok(message.includes(field), field);
  await failed(422, 'VALIDATION_ERROR', '/api/v1/calculate', { dimensions, material_id: 'gold' });
  await failed(422, 'VALIDATION_ERROR', '/api/v1/calculate', { dimensions: { length_mm: 300, width_mm: 300 } });
  await failed(404, 'NOT_FOUND', '/api/v1/materials/cost-estimate', { material_id: 'gold', area_sqm: 1 });
  await failed(404, 'NOT_FOUND', '/api/v1/projects/proj_1/calculate');
  for (const url of ['calculate/optimize', 'exports/3d', 'bim/tools/line', 'kitchen/calculate', 'llm/execute']) {
    await failed(501, 'NOT_IMPLEMENTED', `/api/v1/${url}`, {});
  }
  const flat = { ceiling_length: 1e9, ceiling_width: 3600, perimeter_gap: -1, panel_gap: 0, material_name: 'gold' };
  const { error } = await answered(400, 'POST', '/api/calculate', flat);
  for (const field of ['length_mm', 'perimeter_gap_mm', 'material_name']) assert.ok(error.includes(field), error);
  assert.deepEqual(await count(), before);
});
