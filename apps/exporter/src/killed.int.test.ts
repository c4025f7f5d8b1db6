import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '@plenum/postgres';
import { startProgram } from '@plenum/runtime/testing';
import { exporterWorld, sha256 } from './testing/exporter-world.ts';

it('killed in the midst of an export, it leaves no file, and another ends with the same', {
  timeout: 240_000,
}, async (t) => {
  const world = await exporterWorld(t);
  const { url, filesDir, pool, read, ask, until, bytesOf, files } = world;
  await read(20_000, { metadata: JSON.stringify({ note: 'x'.repeat(1_000) }) });
  const env = {
    ...{ DATABASE_URL: url, FILES_DIR: filesDir, EXPORTER_PROBES_PORT: '0', PLENUM_MASTER_KEY: 'a7'.repeat(32) },
  };
  const program = startProgram(t, { words: [path.join(import.meta.dirname, 'main.ts')], env });
  await program.logged('the exporter runs');
  const id = await ask('readings', 'ndjson');
  const unfinished = async (): Promise<readonly string[]> => readdir(path.join(filesDir, '@unfinished'));
  while ((await unfinished()).length === 0) await sleep(2, undefined, { signal: t.signal });
  program.process.kill('SIGKILL');
  await program.exited;

  const [row] = await query<{ readonly state: string; readonly position: object }>(
    pool,
    `select w.state, r.position from plenum_document.export_work w join plenum_document.export_run r using (export_id)
      where w.export_id = $1`,
    [id],
  );
  assert.equal(row?.state, 'requested', 'it was done before it could be killed');
  for await (const { name } of files.list('')) assert.fail(`${name} is there`);

  // What comes meanwhile is not in it: its position was fixed by the one that died.
  await read(100);
  world.startExporter();
  const ended = await until(id, 'ready', 'failed');
  const bytes = await bytesOf(ended.file);
  assert.equal(ended.digest, sha256(bytes));
  assert.equal(bytes.toString().trimEnd().split('\n').length, 20_000);
  assert.match(ended.file ?? '', /\/2\/readings\.ndjson$/);
});
