import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { silentLogger } from '@plenum/runtime/testing';
import { cacheDirectoryUsual, ReleaseChanged } from './fetch-release.ts';
import { DirectoryInUse, runningOn, waitUntilGone } from './pid-file.ts';
import { startLocalKafka } from './start-local-kafka.ts';
import { startLocalRegistry } from './start-local-registry.ts';
import { whyNoKafka } from './testing/test-kafka.ts';
import { kafkaDown, kafkaStatus, kafkaUp } from './up-down.ts';

/** Of all tests of a suite together. */
const timeout = 300_000;
const skip = await whyNoKafka();

const directory = async (t: TestContext): Promise<string> => {
  const made = await mkdtemp(path.join(tmpdir(), 'plenum-local-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
};

/** A process of its own that starts a broker, says so, and waits. */
const elsewhere = async (dataDir: string) => {
  const script = `
    import { startLocalKafka } from ${JSON.stringify(path.join(import.meta.dirname, 'start-local-kafka.ts'))};
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const kafka = await startLocalKafka({ dataDir: ${JSON.stringify(dataDir)}, logger: quiet });
    console.log(JSON.stringify([...kafka.pids().values()]));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, pids: JSON.parse(String(line)) as readonly number[] };
};

describe('a local Kafka', { timeout, skip }, () => {
  it('ends with the process that started it, even when that is killed', async (t) => {
    const dataDir = await directory(t);
    const { child, pids } = await elsewhere(dataDir);
    const node = path.join(dataDir, 'node-1');
    assert.equal((await runningOn(node))?.pid, pids[0]);
    await assert.rejects(startLocalKafka({ dataDir, logger: silentLogger }), DirectoryInUse);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await waitUntilGone(pids[0] ?? 0, node);
    const kafka = await startLocalKafka({ dataDir, logger: silentLogger });
    await kafka.stop();
    assert.equal(await runningOn(node), undefined);
  });

  it('is not run when a jar is not the one it was', async (t) => {
    const cacheDirectory = await directory(t);
    await cp(path.join(cacheDirectoryUsual, 'kafka-4.1.1'), path.join(cacheDirectory, 'kafka-4.1.1'), {
      recursive: true,
    });
    await appendFile(path.join(cacheDirectory, 'kafka-4.1.1/kafka-clients-4.1.1.jar'), 'x');
    const dataDir = await directory(t);
    const starting = startLocalKafka({ dataDir, cacheDirectory, logger: silentLogger });
    await assert.rejects(
      starting,
      (error) => error instanceof ReleaseChanged && /kafka-clients-4.1.1.jar differs/.test(error.message),
    );
    assert.deepEqual(await readdir(dataDir), []);
  });

  it('stays, on loopback only, says where it is, and goes, when it is asked to', async (t) => {
    const dataDir = await directory(t);
    assert.deepEqual(await kafkaStatus({ dataDir, logger: silentLogger }), { state: 'down' });
    const up = await kafkaUp({ dataDir, logger: silentLogger });
    t.after(() => kafkaDown({ dataDir, logger: silentLogger }));
    const again = await kafkaUp({ dataDir, logger: silentLogger });
    assert.deepEqual(again.pids, up.pids);
    const status = await kafkaStatus({ dataDir, logger: silentLogger });
    assert.ok(status.state === 'up');
    assert.deepEqual(status.brokers, up.brokers);
    assert.equal(status.topics, 0);
    assert.equal(status.registry?.url, up.registry?.url);
    if (process.platform === 'linux') assert.deepEqual(await strangeListeners(up.pids[0] ?? 0), []);
    assert.equal(await kafkaDown({ dataDir, logger: silentLogger }), 2);
    assert.deepEqual(await kafkaStatus({ dataDir, logger: silentLogger }), { state: 'down' });
  });
});

describe('a local schema registry', { timeout, skip }, () => {
  for (const version of ['2.6.13.Final', undefined] as const) {
    it(`keeps what was registered, and refuses what does not fit (${version ?? 'newest that runs here'})`, async (t) => {
      const dataDir = await directory(t);
      const first = await startLocalRegistry({ dataDir, logger: silentLogger, ...(version && { version }) });
      const body = JSON.stringify({ schema: schemaWith([]) });
      const id = await post(`${first.url}/subjects/t-value/versions`, body);
      await post(`${first.url}/config/t-value`, JSON.stringify({ compatibility: 'FULL_TRANSITIVE' }), 'PUT');
      if (process.platform === 'linux') assert.deepEqual(await strangeListeners(first.pid), []);
      await first.stop();

      const second = await startLocalRegistry({ dataDir, logger: silentLogger, version: first.version });
      t.after(() => second.stop());
      assert.deepEqual(await post(`${second.url}/subjects/t-value/versions`, body), id);
      const misfit = JSON.stringify({ schema: schemaWith([{ name: 'x', type: 'int' }]) });
      await assert.rejects(post(`${second.url}/subjects/t-value/versions`, misfit), /409/);
    });
  }
});

const schemaWith = (fields: readonly object[]): string => JSON.stringify({ type: 'record', name: 'A', fields });

const post = async (url: string, body: string, method: 'POST' | 'PUT' = 'POST'): Promise<unknown> => {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const answer = await fetch(url, { method, body, headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
};

/** Addresses other than 127.0.0.1 that a process listens on, as the kernel writes them. */
const strangeListeners = async (pid: number): Promise<readonly string[]> => {
  const inodes = await socketsOf(pid);
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')));
  return tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
    .map((fields) => fields[1] ?? '')
    .filter((address) => !/^(0100007F|0000000000000000FFFF00000100007F):/.test(address));
};

const socketsOf = async (pid: number): Promise<ReadonlySet<string>> => {
  const names = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
};
