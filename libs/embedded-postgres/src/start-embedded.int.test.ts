import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { DirectoryInUse, startEmbedded } from './start-embedded.ts';
import { ask, isAlive, poolAt, untilUp } from './testing/reach.ts';
import { silentLogger, testDirectory, testServer } from './testing/test-server.ts';

test('a server killed with kill -9 is back at the same address, with what was committed', async (t) => {
  const server = await testServer(t);
  const pool = poolAt(t, server.url);
  await pool.query('create table thing as select generate_series(1, 1000) as n');
  const killed = server.pid() ?? 0;

  process.kill(killed, 'SIGKILL');
  await assert.rejects(pool.query('select pg_sleep(60)'));
  await untilUp(t, pool);

  assert.equal(await countThings(pool), 1000);
  assert.notEqual(server.pid(), killed);
});

test('stopping in the middle of a restart leaves nothing running', async (t) => {
  const dataDir = testDirectory(t);
  const server = await startEmbedded({ dataDir, port: 0, sync: false, logger: silentLogger });
  process.kill(server.pid() ?? 0, 'SIGKILL');
  await server.stop();
  await server.exited;
  assert.equal(server.pid(), undefined);
  const pidFile = await readFile(path.join(dataDir, 'data', 'postmaster.pid'), 'utf8').catch(() => '0');
  assert.equal(isAlive(Number(pidFile.split('\n')[0])), false);
});

test('a server left behind by a killed process is replaced, and its rows are kept', async (t) => {
  const dataDir = testDirectory(t);
  const before = await runServer(t, dataDir);
  await ask(before.url, 'create table thing as select generate_series(1, 1000) as n').finally(() =>
    before.process.kill('SIGKILL'),
  );
  await once(before.process, 'exit');
  assert.ok(isAlive(before.pid), 'the server outlives its supervisor');

  const server = await testServer(t, { dataDir, port: Number(new URL(before.url).port) });

  assert.equal(await countThings(poolAt(t, server.url)), 1000);
  assert.equal(isAlive(before.pid), false);
  assert.equal(server.url, before.url);
});

test('a directory in use is refused, and the message names the process', async (t) => {
  const dataDir = testDirectory(t);
  const other = await runServer(t, dataDir);
  await assert.rejects(
    startEmbedded({ dataDir, logger: silentLogger }),
    (error) => error instanceof DirectoryInUse && error.message.includes(`process ${other.process.pid}`),
  );
});

test('a port that is taken is not fought over', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const address = other.address();
  const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;

  const server = await testServer(t, { port: taken });

  assert.notEqual(server.port, taken);
  await untilUp(t, poolAt(t, server.url));
});

test('a postmaster.pid whose number went to another program does not keep the server down', async (t) => {
  const first = await testServer(t);
  await first.stop();
  const pidFile = path.join(first.dataDir, 'data', 'postmaster.pid');
  // The server's own user: PostgreSQL knows that the process of another user cannot be a server of this directory.
  const { uid, gid } = await stat(path.join(first.dataDir, 'data'));
  const stranger = spawn('sleep', ['60'], { uid, gid });
  t.after(() => stranger.kill());
  await writeFile(
    pidFile,
    `${stranger.pid}\n${first.dataDir}/data\n1700000000\n${first.port}\n\n127.0.0.1\n  1 2\nready\n`,
  );

  const second = await testServer(t, { dataDir: first.dataDir });

  await untilUp(t, poolAt(t, second.url));
  assert.ok(isAlive(stranger.pid ?? 0));
});

test('a half-made database is made again', async (t) => {
  const dataDir = testDirectory(t);
  const half = path.join(dataDir, 'data.new-0badf00d');
  await mkdir(path.join(half, 'base'), { recursive: true });
  await writeFile(path.join(half, 'PG_VERSION'), '18\n');
  await writeFile(path.join(dataDir, 'password'), 'of the half-made one\n');

  const server = await testServer(t, { dataDir });

  await untilUp(t, poolAt(t, server.url));
  assert.deepEqual((await readdir(dataDir)).sort(), ['data', 'lock', 'lock.pid', 'password']);
});

test('a start killed while it makes the database can be repeated', async (t) => {
  const dataDir = testDirectory(t);
  const child = spawnServer(t, dataDir);
  while (!(await readdir(dataDir).catch(() => [])).some((name) => /^data\.new-\w+$/.test(name)))
    assert.ok(isAlive(child.pid ?? 0));
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(!(await readdir(dataDir)).includes('data'), 'killed before it was done');

  const server = await testServer(t, { dataDir });

  await untilUp(t, poolAt(t, server.url));
});

test('durability and text are the same on every machine', async (t) => {
  const first = await testServer(t);
  await poolAt(t, first.url).query('alter system set fsync = off');
  await poolAt(t, first.url).query('alter system set synchronous_commit = off');
  await first.stop();
  const server = await testServer(t, { dataDir: first.dataDir });
  const pool = poolAt(t, server.url);
  const { rows } = await pool.query(
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes',
     'data_checksums', 'server_encoding', 'listen_addresses', 'unix_socket_directories', 'TimeZone')`,
  );
  assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
    server_encoding: 'UTF8',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    TimeZone: 'UTC',
  });
  const { rows: sorted } = await pool.query(`select s from unnest(array['é', 'z', 'Z', 'a']) s order by s`);
  assert.deepEqual(
    sorted.map(({ s }) => s),
    ['Z', 'a', 'z', 'é'],
  );
});

test('the password is kept where only its owner can read it', async (t) => {
  const { dataDir, url } = await testServer(t);
  const file = path.join(dataDir, 'password');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readFile(file, 'utf8')).trim(), new URL(url).password);
  const wrong = poolAt(t, url.replace(new URL(url).password, 'guess'));
  await assert.rejects(wrong.query('select 1'), { code: '28P01' });
});

test('a server that cannot start says why in its own words', async (t) => {
  await assert.rejects(testServer(t, { flags: ['shared_buffers=rubbish'] }), /invalid value.*shared_buffers/s);
});

const countThings = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query('select count(*)::int as count from thing');
  return rows[0].count;
};

const spawnServer = (t: TestContext, dataDir: string): ChildProcess => {
  const program = path.join(import.meta.dirname, 'testing/run-server.ts');
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return child;
};

type RunningServer = { readonly process: ChildProcess; readonly pid: number; readonly url: string };

const runServer = async (t: TestContext, dataDir: string): Promise<RunningServer> => {
  const child = spawnServer(t, dataDir);
  assert.ok(child.stdout);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { process: child, ...JSON.parse(line) };
};
