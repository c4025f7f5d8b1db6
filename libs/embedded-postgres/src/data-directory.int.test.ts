/** Where root may run PostgreSQL, and how. An ordinary user has nothing to decide, so there these are skipped. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Account, accountWorks } from './account.ts';
import { findBinaries } from './binaries.ts';
import { chooseDataDirectory, type Probe } from './data-directory.ts';
import { startEmbedded } from './start-embedded.ts';
import { ask } from './testing/reach.ts';
import { silentLogger, testDirectory, testServer } from './testing/test-server.ts';

const isRoot = process.getuid?.() === 0;
const [binaries, here] = [await findBinaries(), import.meta.dirname];
const namespaceWorks = isRoot && (await accountWorks('namespace', binaries, here));
const nobodyWorks = isRoot && (await accountWorks('nobody', binaries, here));
const noNamespace = 'needs root, and a machine that allows user namespaces';
const noNobody = 'needs root, and a clone that user 65534 can enter';

/** This machine, except that some accounts do not work. `elsewhere` stands for /var/lib/plenum. */
const machineWithout = (refused: readonly Account[], elsewhere: string): Probe => ({
  isRoot: true,
  elsewhere,
  works: async (account, programs, directory) =>
    !(refused.includes(account) && !directory.startsWith(elsewhere)) && accountWorks(account, programs, directory),
});

test('an ordinary user runs the server in place', async (t) => {
  const home = testDirectory(t);
  const probe: Probe = { isRoot: false, elsewhere: '/nowhere', works: async () => assert.fail('nothing to probe') };
  const chosen = await chooseDataDirectory({ home, binaries, logger: silentLogger, probe });
  assert.equal(chosen.account, 'own');
  assert.equal(chosen.dataDirectory, path.join(home, 'data'));
});

test('below a directory that only root may enter, a user namespace runs it', {
  skip: namespaceWorks ? false : noNamespace,
}, async (t) => {
  if (!(await accountWorks('namespace', await findBinaries(), '/')))
    return t.skip('no user namespaces on this machine');
  const closed = testDirectory(t);
  await mkdir(closed, { recursive: true });
  await chmod(closed, 0o700);
  const server = await testServer(t, { dataDir: path.join(closed, 'postgres') });

  assert.equal(await ask(server.url, 'select 1 as answer'), 1);
  assert.equal((await stat(path.join(closed, 'postgres', 'data', 'PG_VERSION'))).uid, 0);
});

test('data move between accounts when what is allowed changes', {
  skip: !(nobodyWorks && namespaceWorks),
}, async (t) => {
  const { dataDir, elsewhere } = await homeAndElsewhere(t);
  const settings = { dataDir, port: 0, sync: false, logger: silentLogger };
  const inPlace = await startEmbedded({ ...settings, probe: machineWithout(['nobody'], elsewhere) });
  await ask(inPlace.url, 'create table thing as select 41 as answer');
  await inPlace.stop();

  const other = await startEmbedded({ ...settings, probe: machineWithout(['namespace'], elsewhere) });
  assert.equal((await stat(path.join(dataDir, 'data'))).uid, 65534);
  assert.equal(await ask(other.url, 'select answer from thing'), 41);
  await other.stop();
});

test('where neither works, it moves to a directory of its own and stays there', {
  skip: nobodyWorks ? false : noNobody,
}, async (t) => {
  const { dataDir, elsewhere } = await homeAndElsewhere(t);
  const settings = { dataDir, port: 0, sync: false, logger: silentLogger };
  const before = await startEmbedded(settings);
  await ask(before.url, 'create table thing as select 42 as answer');
  await before.stop();

  const moved = await startEmbedded({ ...settings, probe: machineWithout(['nobody', 'namespace'], elsewhere) });
  assert.equal(await ask(moved.url, 'select answer from thing'), 42);
  assert.equal(await ask(moved.url, 'select current_setting($$data_directory$$) as answer'), await movedData(dataDir));
  await moved.stop();
  assert.ok((await readdir(dataDir)).includes('data.copied'));

  const again = await startEmbedded({ ...settings, probe: machineWithout([], elsewhere) });
  assert.equal(await ask(again.url, 'select answer from thing'), 42);
  await again.stop();
});

test('where nothing works, the message says what to do', {
  skip: isRoot ? false : 'only root has to find a data directory',
}, async (t) => {
  const { dataDir, elsewhere } = await homeAndElsewhere(t);
  const probe: Probe = { isRoot: true, elsewhere, works: async () => false };
  await assert.rejects(startEmbedded({ dataDir, logger: silentLogger, probe }), /ordinary user, or set DATABASE_URL/);
});

const homeAndElsewhere = async (t: TestContext): Promise<{ readonly dataDir: string; readonly elsewhere: string }> => {
  const dataDir = testDirectory(t);
  const elsewhere = testDirectory(t);
  await mkdir(elsewhere, { recursive: true });
  return { dataDir, elsewhere };
};

const movedData = async (dataDir: string): Promise<string> =>
  path.join((await readFile(path.join(dataDir, 'moved-to'), 'utf8')).trim(), 'data');
