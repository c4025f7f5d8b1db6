import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { postgisMissing } from '@plenum/embedded-postgres/testing';
import { postgisDatabase } from './postgis-database.ts';

describe('a test database with PostGIS', { skip: postgisMissing }, () => {
  it('has the extension', async (t) => {
    const { pool } = await postgisDatabase(t);
    const { rows } = await pool.query(`select st_x(st_geomfromtext('POINT(1 2)', 4326)) as x`);
    assert.deepEqual(rows, [{ x: 1 }]);
  });

  it('may leave creating the extension to the test', async (t) => {
    const { pool } = await postgisDatabase(t, { postgis: 'available' });
    await assert.rejects(pool.query('select postgis_version()'), { code: '42883' });
    await pool.query('create extension postgis');
    await pool.query('select postgis_version()');
  });
});
