import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { FileGone, type Files, FileTooLarge, TransientFailure } from '@plenum/runtime';
import { filesContract, startProgram } from '@plenum/runtime/testing';
import { openS3Files } from './s3-files.ts';
import { findVersitygw, type StartedS3, startVersitygw } from './testing/index.ts';

const { program = '', skip } = await findVersitygw();
const room = { bytesMax: 100_000_000 };

async function* of(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

const collected = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What is in a folder of the bucket. */
const keysIn = async (folder: string, part: string): Promise<readonly string[]> => {
  const whole = path.join(folder, part);
  return existsSync(whole) ? (await readdir(whole)).sort() : [];
};

const mebibyte = 1_048_576;

/** Twenty, of which no two are the same. */
const largeBytes = Buffer.concat(Array.from({ length: 20 }, (_, n) => Buffer.alloc(mebibyte, `${n},`)));

describe('S3', { skip }, () => {
  let server: StartedS3;
  const ended: (() => unknown)[] = [];
  let prefixes = 0;
  before(async () => {
    server = await startVersitygw({ after: (end) => void ended.push(end as () => unknown) }, program);
  });
  after(async () => {
    for (const end of ended) await end();
  });

  const open = async (): Promise<{ readonly files: Files; readonly folder: string; readonly prefix: string }> => {
    prefixes += 1;
    const prefix = `test-${prefixes}/`;
    const files = await openS3Files({ ...server.settings, prefix });
    return { files, prefix, folder: path.join(server.folder, prefix) };
  };

  filesContract('a bucket', async () => (await open()).files);

  describe('a file of several parts', () => {
    it('is there when its last byte is, with its digest, and is read in ranges', async () => {
      const { files, folder } = await open();
      const content = async function* (): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < largeBytes.byteLength; at += 300_000) {
          if (at === 18_000_000) assert.equal(await files.describe('large'), undefined);
          yield largeBytes.subarray(at, at + 300_000);
        }
      };
      const put = await files.put('large', content(), room);
      const file = { name: 'large', bytes: largeBytes.byteLength, digest: digestOf(largeBytes) };
      assert.deepEqual(put, { ...file, isNew: true });
      const found = await files.get('large', { from: 8_388_600, to: 8_388_620 });
      assert.deepEqual(await collected(found?.content ?? of()), largeBytes.subarray(8_388_600, 8_388_620));
      const whole = await files.get('large');
      assert.ok((await collected(whole?.content ?? of())).equals(largeBytes));
      assert.deepEqual(await keysIn(folder, 'unfinished'), []);
      assert.equal((await keysIn(folder, 'contents')).length, 1);
    });

    it('is one of those that are put at once, and the others leave nothing', async () => {
      const { files, folder } = await open();
      const all = [1, 2, 3].map((n) => Buffer.alloc(9 * mebibyte, n));
      const put = await Promise.all(all.map((bytes) => files.put('same', of(bytes), room)));
      assert.equal(put.filter(({ isNew }) => isNew).length, 1);
      const kept = await collected((await files.get('same'))?.content ?? of());
      for (const { digest } of put) assert.equal(digest, digestOf(kept));
      assert.equal((await keysIn(folder, 'contents')).length, 1);
    });

    it('leaves nothing when its content fails, is too large or is stopped', async () => {
      const { files, folder } = await open();
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield largeBytes;
        throw new Error('the source is gone');
      };
      await assert.rejects(files.put('a', failing(), room), /the source is gone/);
      await assert.rejects(files.put('a', of(largeBytes), { bytesMax: 19 * mebibyte }), FileTooLarge);
      const stop = new AbortController();
      const stuck = async function* (): AsyncGenerator<Uint8Array> {
        yield largeBytes;
        stop.abort(new Error('enough'));
        await new Promise(() => undefined);
      };
      await assert.rejects(files.put('a', stuck(), { ...room, stop: stop.signal }), /enough/);
      for (const part of ['unfinished', 'contents', 'names']) assert.deepEqual(await keysIn(folder, part), []);
      assert.deepEqual(await uploadsIn(server.folder), []);
    });

    it('is read to its end by who reads already, when it is removed', async () => {
      const { files, folder } = await open();
      await files.put('large', of(largeBytes), room);
      const found = await files.get('large');
      const hash = createHash('sha256');
      let isFirst = true;
      for await (const chunk of found?.content ?? of()) {
        if (isFirst) await files.remove('large');
        isFirst = false;
        hash.update(chunk);
      }
      assert.equal(hash.digest('hex'), digestOf(largeBytes));
      assert.equal(await files.describe('large'), undefined);
      for (const part of ['unfinished', 'contents', 'names']) assert.deepEqual(await keysIn(folder, part), []);
    });
  });

  describe('a process that is killed', () => {
    it('in the middle of a put leaves nothing that is found, and what it leaves is cleared away later', async (t: TestContext) => {
      const { files, folder, prefix } = await open();
      const settings = { ...server.settings, prefix };
      const words = [path.join(import.meta.dirname, 'testing/put-until-killed.ts'), JSON.stringify(settings)];
      const child = startProgram(t, { words, env: {} });
      await child.until((said) => (said.includes('taken') ? true : undefined));
      child.process.kill('SIGKILL');
      await child.exited;

      assert.equal(await files.describe('stuck'), undefined);
      for await (const { name } of files.list('')) assert.fail(`${name} is listed`);
      assert.equal((await keysIn(folder, 'unfinished')).length, 1);
      assert.equal((await uploadsIn(server.folder)).length, 1, 'a part was there');
      assert.equal((await files.put('stuck', of('whole'), room)).isNew, true);

      await openS3Files(settings);
      assert.equal((await uploadsIn(server.folder)).length, 1, 'somebody may still be at work on it');
      await openS3Files(settings, Date.now() + 25 * 3_600_000);
      assert.deepEqual(await keysIn(folder, 'unfinished'), []);
      assert.deepEqual(await uploadsIn(server.folder), []);
      assert.equal((await files.describe('stuck'))?.bytes, 5);
      assert.equal((await keysIn(folder, 'contents')).length, 1);
    });

    it('between the name and the end of a put, or of a removal, leaves what is whole', async () => {
      const { files, folder, prefix } = await open();
      await files.put('a', of('a'), room);
      await files.put('b', of('b'), room);
      // As it is left then: the file, and that somebody is at work on it.
      const [a = '', b = ''] = await Promise.all(['a', 'b'].map((name) => contentOf(prefix, name)));
      await asUnfinished(prefix, 'a', a);
      await asUnfinished(prefix, 'b', b);
      await removeKey(`${prefix}names/b!`);
      await openS3Files({ ...server.settings, prefix }, Date.now() + 25 * 3_600_000);
      assert.equal((await files.describe('a'))?.bytes, 1);
      assert.equal((await collected((await files.get('a'))?.content ?? of())).toString(), 'a');
      assert.deepEqual(await keysIn(folder, 'contents'), [a]);
      assert.deepEqual(await keysIn(folder, 'unfinished'), []);
    });
  });

  const bucket = async () => (await import('./bucket.ts')).openBucket(server.settings);
  const contentOf = async (prefix: string, name: string) =>
    (await (await bucket()).metadataOf(`${prefix}names/${name}!`))?.content ?? '';
  const asUnfinished = async (prefix: string, name: string, content: string) =>
    (await bucket()).put(`${prefix}unfinished/${content}`, new Uint8Array(), { metadata: { name } });
  const removeKey = async (key: string) => (await bucket()).remove(key);
});

/** Those that were begun and not ended, as versitygw keeps them. */
const uploadsIn = async (folder: string): Promise<readonly string[]> => {
  const found = await readdir(folder, { recursive: true });
  return found.filter((name) => /\.sgwtmp\/multipart\/[^/]+\/[^/]+$/.test(name));
};

describe('S3 that does not answer as it should', () => {
  const settings = { bucket: 'files', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' };

  const answering = async (t: TestContext, status: number, body = ''): Promise<string> => {
    const server: Server = createServer((request, response) => {
      request.resume();
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    t.after(() => new Promise((resolve) => server.close(resolve)));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // It listens on a port.
  };

  it('is a transient failure of what needs it when nobody listens, or the server fails, and of nothing else', async (t) => {
    const away = async (endpoint: string): Promise<void> => {
      const files = await openS3Files({ ...settings, endpoint });
      await assert.rejects(files.describe('a'), TransientFailure);
    };
    await away('http://127.0.0.1:1');
    for (const status of [500, 503, 429]) await away(await answering(t, status));
  });

  it('is an error of its own when it refuses, or has no such bucket', async (t) => {
    const refusal = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>No.</Message></Error>';
    const refused = openS3Files({ ...settings, endpoint: await answering(t, 403, refusal) });
    await assert.rejects(refused, (error: Error) => error.name === 'AccessDenied' && !(error instanceof FileGone));
    const missing = '<?xml version="1.0"?><Error><Code>NoSuchBucket</Code><Message>None.</Message></Error>';
    const without = openS3Files({ ...settings, endpoint: await answering(t, 404, missing) });
    await assert.rejects(without, { name: 'NoSuchBucket' });
  });
});
