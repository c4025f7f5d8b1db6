import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKey } from '@plenum/authentication/testing';
import { accessWorld } from '../../testing/access-world.ts';

type World = Awaited<ReturnType<typeof accessWorld>>;

const asking = (there: World, headers: Readonly<Record<string, string>> = there.asAdministrator) => {
  const ask = (method: 'POST' | 'PUT' | 'PATCH' | 'GET', url: string, payload?: object, more = {}) =>
    there.app.inject({ method, url: `/api/v1${url}`, headers: { ...headers, ...more }, ...(payload && { payload }) });
  return {
    ask,
    /** Waits until what is read shows it. */
    shown: async (method: 'POST' | 'PUT' | 'PATCH', url: string, payload?: object) => {
      const answer = await there.projecting(ask(method, url, payload, { prefer: 'wait=10' }));
      assert.ok(answer.statusCode < 300 && answer.statusCode !== 202, `${url}: ${answer.statusCode} ${answer.body}`);
      return answer.json();
    },
    get: async (url: string) => {
      const answer = await ask('GET', url);
      assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
      return answer.json();
    },
  };
};

const importing = '/ceilings/import';

const hall = { length_mm: 4800, width_mm: 3600 };

test('a ceiling is measured, laid out, priced and approved, and all of it stays in its history', async (t) => {
  const there = await accessWorld(t);
  const { ask, shown, get } = asking(there);
  const { id, version } = await shown('POST', '/ceilings', { name: 'Hall', tags: ['a'], metadata: { floor: 2 } });
  assert.equal(version, 1);
  const at = `/ceilings/${id}`;
  assert.partialDeepStrictEqual(await get(at), {
    name: 'Hall',
    status: 'draft',
    metadata: { floor: 2 },
    length_mm: null,
  });
  assert.equal((await ask('GET', `${at}/document`)).statusCode, 409);
  assert.equal((await ask('POST', `${at}/layout`)).statusCode, 409, 'it is not measured');

  await shown('PUT', `${at}/measurements`, hall);
  await shown('PUT', `${at}/material`, { material: 'led_panel_white', waste_factor: 0, labor_multiplier: null });
  await shown('POST', `${at}/layout`);
  const laidOut = await get(at);
  assert.partialDeepStrictEqual(laidOut, {
    ...{ status: 'calculated', panels_per_row: 2, panels_per_column: 3, total_panels: 6 },
    ...{ panel_width_mm: 1500, total_cost: 5400, strategy: 'balanced', stream_version: 4 },
  });
  const stale = await ask('POST', `${at}/approval`, {}, { 'if-match': '"3"' });
  assert.deepEqual([stale.statusCode, stale.headers.etag], [412, '"4"']);
  await shown('POST', `${at}/approval`, { calculation_id: laidOut.calculation_id });
  const { key: operator } = await newKey(there.authentication, 'operator');
  const asOperator = asking(there, { 'x-api-key': operator });
  assert.equal((await asOperator.ask('POST', `${at}/approval`)).statusCode, 403);
  assert.partialDeepStrictEqual(await asOperator.get(at), { status: 'approved' });

  await shown('PATCH', at, { name: 'Great hall' });
  await shown('PUT', `${at}/measurements`, { ...hall, length_mm: 5000 });
  assert.partialDeepStrictEqual(await get(at), {
    status: 'draft',
    approved_by: null,
    total_panels: null,
    total_cost: null,
  });
  await shown('POST', `${at}/archive`);
  assert.equal((await ask('PATCH', at, { name: 'x' })).statusCode, 409);
  await shown('POST', `${at}/restore`);

  const first = await get(`${at}/history?limit=5`);
  const rest = await get(first.next.replace('/api/v1', ''));
  const items = [...first.items, ...rest.items];
  assert.deepEqual(
    items.map(({ what }: { what: string }) => what),
    [
      ...['created', 'measured', 'material-changed', 'calculated', 'approved'],
      ...['renamed', 'measured', 'archived', 'restored'],
    ],
  );
  assert.partialDeepStrictEqual(items[4].said, { calculation_id: laidOut.calculation_id, total_cost: 5400 });
  assert.equal((await ask('GET', '/ceilings/nothing/history')).statusCode, 404);
});

test('projects are found by words, tags and state, page by page', async (t) => {
  const there = await accessWorld(t);
  const { shown, get } = asking(there);
  for (const [name, tag] of [
    ['Hall', 'ground'],
    ['100 % hall', 'roof'],
    ['Foyer', 'ground'],
  ])
    await shown('POST', '/ceilings', { name, tags: [tag], description: `The ${name} of it` });
  const names = async (query: string) =>
    (await get(`/ceilings?${query}`)).items.map(({ name }: { name: string }) => name);
  assert.deepEqual(await names('search=HALL'), ['Hall', '100 % hall']);
  assert.deepEqual(await names('search=100%20%25'), ['100 % hall']);
  assert.deepEqual(await names('tag=ground'), ['Hall', 'Foyer']);
  assert.deepEqual(await names('status=approved'), []);
  const first = await get('/ceilings?limit=2');
  assert.deepEqual((await get(first.next.replace('/api/v1', ''))).items.length, 1);
  const [{ project_id }] = first.items;
  await shown('POST', `/ceilings/${project_id}/archive`);
  assert.deepEqual(await names('archived=false'), ['100 % hall', 'Foyer']);
  assert.deepEqual(await names('status=archived'), ['Hall']);
});

test('a document is imported as it is, and comes out the same', async (t) => {
  const there = await accessWorld(t);
  const { shown, get } = asking(there);
  const custom = { name: 'Cork <b> & Co', color: '', cost_per_sqm: 12.5, notes: 'שלום' };
  const made = await shown('POST', '/ceilings', {
    ...{ name: 'Hall', measurements: { ...hall, panel_gap_mm: 50 } },
    material: { custom_material: custom, waste_factor: 0.1 },
  });
  await shown('POST', `/ceilings/${made.id}/layout`, { strategy: 'minimize_seams' });
  const document = await get(`/ceilings/${made.id}/document`);
  assert.partialDeepStrictEqual(document, { material: { name: 'Cork <b> & Co', cost_per_m2: 12.5 } });
  const copy = await shown('POST', importing, { name: 'Copy', document });
  const again = await get(`/ceilings/${copy.id}/document`);
  assert.deepEqual({ ...again, metadata: undefined }, { ...document, metadata: undefined });
  assert.partialDeepStrictEqual(await get(`/ceilings/${copy.id}`), { algorithm: 'imported', status: 'calculated' });
});

test('a request is carried out once under its key', async (t) => {
  const there = await accessWorld(t);
  const { ask, get } = asking(there);
  const twice = [1, 2].map(() => ask('POST', '/ceilings', { name: 'Hall' }, { 'idempotency-key': 'k1' }));
  const ids = (await Promise.all(twice)).filter(({ statusCode }) => statusCode === 201).map((one) => one.json().id);
  const again = (await ask('POST', '/ceilings', { name: 'Hall' }, { 'idempotency-key': 'k1' })).json();
  assert.deepEqual([new Set([...ids, again.id]).size, again.outcome], [1, 'known']);
  await there.project();
  assert.ok((await get('/ceilings')).items.length <= 1);
});

test('layouts are calculated and compared without keeping anything', async (t) => {
  const there = await accessWorld(t);
  const { ask } = asking(there);
  const { rows: before } = await there.pool.query('select count(*) from plenum_store.stream_event');
  const laidOut = (
    await ask('POST', '/layouts', { ...hall, material: 'drywall_white', labor_multiplier: null })
  ).json();
  assert.partialDeepStrictEqual(laidOut, {
    strategy: 'balanced',
    layout: { total_panels: 6 },
    costs: { total_cost: 207 },
  });
  const { items } = (await ask('POST', '/layouts/comparison', hall)).json();
  const { items: known } = (await ask('GET', '/layouts/strategies')).json();
  const ids = (list: readonly { readonly id?: string; readonly strategy?: string }[]) =>
    list.map((one) => one.id ?? one.strategy);
  assert.deepEqual(ids(items), ids(known));
  const none = await ask('POST', '/layouts', { length_mm: 700, width_mm: 700, perimeter_gap_mm: 200.5 });
  assert.equal(none.statusCode, 422, none.body);
  assert.deepEqual((await there.pool.query('select count(*) from plenum_store.stream_event')).rows, before);
});

test('of bad input every fault is named, and nothing is written', async (t) => {
  const there = await accessWorld(t);
  const { ask } = asking(there);
  const { rows: before } = await there.pool.query('select count(*) from plenum_store.stream_event');
  const bad = { length_mm: 'NaN', width_mm: 1e9, perimeter_gap_mm: -1, panel_gap_mm: null };
  const faultsOf = async (method: 'POST' | 'PUT', url: string, payload: object, status = 400) => {
    const answer = await ask(method, url, payload);
    assert.equal(answer.statusCode, status, `${url}: ${answer.body}`);
    return (answer.json().errors ?? []).map(({ parameter }: { parameter: string }) => parameter).toSorted();
  };
  const ofCeiling = ['length_mm', 'perimeter_gap_mm', 'width_mm'];
  assert.deepEqual(await faultsOf('POST', '/layouts', { ...bad, material: 'gold' }), [
    ...['length_mm', 'material', 'perimeter_gap_mm', 'width_mm'],
  ]);
  assert.deepEqual(await faultsOf('POST', '/layouts/comparison', bad), ofCeiling);
  assert.deepEqual(await faultsOf('PUT', '/ceilings/x/measurements', bad), ofCeiling);
  assert.deepEqual(
    await faultsOf('POST', '/ceilings', { measurements: {}, material: { waste_factor: 1.15 }, path: '/etc' }),
    [...['material/waste_factor', 'measurements/length_mm', 'measurements/width_mm', 'name', 'path']],
  );
  // What each number may be and both together may not.
  const contradicting = { ...hall, width_mm: 300, min_panel_dimension_mm: 2000, max_panel_dimension_mm: 1000 };
  assert.deepEqual(await faultsOf('POST', '/layouts', contradicting, 422), ['max_panel_dimension_mm', 'width_mm']);
  const lines = { name: 'a\nb', tags: ['\u0007'], description: '\u0000' };
  assert.deepEqual(await faultsOf('POST', '/ceilings', lines, 422), ['description', 'name', 'tags/0']);
  const both = { material: 'drywall_white', custom_material: { name: 'x', cost_per_sqm: 1 } };
  assert.equal((await ask('PUT', '/ceilings/x/material', both)).statusCode, 400);
  assert.equal((await ask('PUT', '/ceilings/x/material', {})).statusCode, 404, 'of nothing, nothing is said');
  assert.equal((await ask('POST', '/ceilings', { name: 'x'.repeat(5_000_000) })).statusCode, 413);
  const document = { metadata: {}, ceiling: [], layout: { total_panels: 1e9 } };
  const wrong = await faultsOf('POST', importing, { name: 'Hall', document }, 422);
  assert.ok(
    wrong.includes('layout/total_panels') && wrong.includes('spacing') && wrong.includes('ceiling'),
    `${wrong}`,
  );
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const nested = await there.app.inject({
    ...{ method: 'POST', url: '/api/v1/ceilings/import' },
    headers: { ...there.asAdministrator, 'content-type': 'application/json' },
    payload: `{"name":"Hall","document":{"ceiling":${deep}}}`,
  });
  assert.equal(nested.statusCode, 422, nested.body);
  assert.deepEqual((await there.pool.query('select count(*) from plenum_store.stream_event')).rows, before);
});
