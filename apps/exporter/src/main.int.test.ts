import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { testDirectory, testServer } from '@plenum/postgres/testing';
import { startProgram } from '@plenum/runtime/testing';

const words = [path.join(import.meta.dirname, 'main.ts')];

it('runs as a process of its own, answers probes, and ends on SIGTERM', { timeout: 120_000 }, async (t) => {
  const { url } = await testServer(t);
  const own = { FILES_DIR: testDirectory(t), EXPORTER_PROBES_PORT: '0', PLENUM_MASTER_KEY: 'a7'.repeat(32) };
  const exporter = startProgram(t, { words, env: { DATABASE_URL: url, ...own } });
  const { port } = await exporter.logged('probes are served');
  await exporter.logged('the exporter runs');
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  assert.equal(ready.status, 200);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /^# TYPE plenum_exports_total counter$/m);
  exporter.process.kill('SIGTERM');
  assert.deepEqual(await exporter.exited, [0, null]);
});

it('says which settings do not fit, and exits with 78', async (t) => {
  const exporter = startProgram(t, { words, env: { EXPORTER_POOL_MAX: '1', EXPORT_KEEP: 'long' } });
  assert.deepEqual(await exporter.exited, [78, null]);
  assert.match(exporter.stderr(), /EXPORTER_POOL_MAX/);
  assert.match(exporter.stderr(), /EXPORT_KEEP/);
});
