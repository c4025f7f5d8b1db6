/** A page whose rows go out as they came is the page that is made of objects, in every convention. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sqlOf } from '@plenum/postgres';
import type { Sql } from '@plenum/read-model';
import { showPersonal } from '@plenum/runtime';
import { preparedSql } from './database/prepared-sql.ts';
import { readsOver } from './reads.ts';
import { checkAnswers } from './testing/check-answers.ts';
import { fakeApp } from './testing/fake-app.ts';
import { fillTable, preparedDatabase } from './testing/large-rows.ts';

const rows = 30;
const odd = `'"\\\\/' || chr(1) || chr(8232) || '😀' || i`;

const apps = async (t: TestContext) => {
  const { pool } = await preparedDatabase(t);
  await fillTable(pool, 'public.sensor_data', {
    rows,
    columns: {
      ...{ sensor_id: `'node_1_temperature'`, node_id: `nullif('node_1', case when i % 3 = 0 then 'node_1' end)` },
      ...{
        unit: odd,
        value: `i / 7.0`,
        location: `'{}'`,
        metadata: `case when i % 2 = 0 then jsonb_build_object('t', ${odd}) end`,
      },
    },
  });
  const over = (sql: Sql) =>
    fakeApp(t, {
      reads: readsOver(sql, showPersonal(undefined)),
      limits: { limitDefault: 7, limitMax: 50 },
      onRoute: checkAnswers,
    });
  return { wire: await over(preparedSql(pool)), objects: await over(sqlOf(pool)) };
};

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof apps>>['wire']['inject']>>;

const first = '/api/v1/readings?sensor=node_1_temperature';

test('every page says the same, with the same links, and has the same headers', async (t) => {
  const { wire, objects } = await apps(t);
  let seen = 0;
  for (let next: string | null = first; next !== null; ) {
    const [one, other]: readonly Answer[] = await Promise.all([wire.inject(next), objects.inject(next)]);
    assert.ok(one && other);
    assert.equal(one.statusCode, 200, one.body);
    assert.deepEqual(one.json(), other.json());
    // As PostgreSQL writes documents: this page is not made of objects, and the other is.
    assert.match(one.body, /"metadata":\{"t": /);
    assert.doesNotMatch(other.body, /"metadata":\{"t": /);
    for (const name of ['link', 'content-type', 'cache-control', 'vary', 'plenum-position']) {
      assert.equal(one.headers[name], other.headers[name], name);
    }
    assert.equal(one.headers['content-length'], String(one.rawPayload.length));
    const page: { readonly items: readonly unknown[]; readonly next: string | null } = one.json();
    seen += page.items.length;
    next = page.next;
  }
  assert.equal(seen, rows);
});

test('a page is compressed as it is asked for, and HEAD has its length', async (t) => {
  const { wire } = await apps(t);
  const plain = await wire.inject(first);
  const head = await wire.inject({ method: 'HEAD', url: first });
  assert.deepEqual([head.headers['content-length'], head.body], [plain.headers['content-length'], '']);
  const packed = await wire.inject({ url: first, headers: { 'accept-encoding': 'gzip' } });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.ok(gunzipSync(packed.rawPayload).equals(plain.rawPayload));
});
