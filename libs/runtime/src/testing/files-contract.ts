/** What every store of files keeps. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { FileGone, type Files, FileTooLarge, type PutOptions } from '../files/files.ts';

/** Called once per test: a store with nothing in it. */
export type OpenFiles = (t: TestContext) => Promise<Files>;

export const filesContract = (name: string, open: OpenFiles): void => {
  describe(`files in ${name}`, () => {
    putting(open);
    givenOnce(open);
    unfinished(open);
    reading(open);
    listing(open);
  });
};

const putting = (open: OpenFiles): void => {
  it('are found with their bytes and their digest', async (t) => {
    const files = await open(t);
    const put = await files.put('exports/a.dxf', of('one ', 'and two'), room);
    const file = { name: 'exports/a.dxf', bytes: 11, digest: digestOf('one and two') };
    assert.deepEqual(put, { ...file, isNew: true });
    assert.deepEqual(await files.describe('exports/a.dxf'), file);
    assert.equal(await textOf(files, 'exports/a.dxf'), 'one and two');
  });

  it('may be empty', async (t) => {
    const files = await open(t);
    assert.deepEqual(await files.put('e', of(), room), { name: 'e', bytes: 0, digest: digestOf(''), isNew: true });
    assert.equal(await textOf(files, 'e'), '');
    assert.equal(await textOf(files, 'e', { from: 0, to: 1 }), '');
  });

  it('are unknown before they are put and after they are removed', async (t) => {
    const files = await open(t);
    const isUnknown = async (): Promise<void> => {
      assert.equal(await files.describe('x/y'), undefined);
      assert.equal(await files.get('x/y'), undefined);
      assert.deepEqual(await namesIn(files, ''), []);
      await files.remove('x/y');
    };
    await isUnknown();
    await files.put('x/y', of('a'), room);
    await files.remove('x/y');
    await isUnknown();
    assert.equal((await files.put('x/y', of('b'), room)).isNew, true, 'a name that is free again');
    assert.equal(await textOf(files, 'x/y'), 'b');
  });

  it('take a chunk only when those before it were taken', async (t) => {
    const files = await open(t);
    let asked = 0;
    const chunk = Buffer.alloc(64, 1);
    const content: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        let isOut = false;
        return {
          next: async () => {
            assert.equal(isOut, false, 'asked for two at once');
            isOut = true;
            await Promise.resolve();
            isOut = false;
            asked += 1;
            // The same memory, with other bytes: what was taken has to be kept by now.
            chunk.fill(asked);
            return asked <= 3 ? { done: false, value: chunk } : { done: true, value: undefined };
          },
        };
      },
    };
    const { digest } = await files.put('chunks', content, room);
    const expected = Buffer.concat([1, 2, 3].map((byte) => Buffer.alloc(64, byte)));
    assert.equal(digest, createHash('sha256').update(expected).digest('hex'));
    assert.equal(await textOf(files, 'chunks'), expected.toString());
  });
};

const givenOnce = (open: OpenFiles): void => {
  it('keep their bytes when their name is given again', async (t) => {
    const files = await open(t);
    const first = await files.put('a', of('first'), room);
    assert.deepEqual(await files.put('a', of('second'), room), { ...first, isNew: false });
    assert.equal(await textOf(files, 'a'), 'first');
  });

  it('are one of those that are put under the same name at once, whole', async (t) => {
    const files = await open(t);
    const texts = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(100 + index));
    const put = await Promise.all(texts.map((text) => files.put('same', of(...text), room)));
    assert.equal(put.filter(({ isNew }) => isNew).length, 1);
    const kept = await textOf(files, 'same');
    assert.ok(texts.includes(kept));
    for (const { bytes, digest } of put)
      assert.deepEqual({ bytes, digest }, { bytes: kept.length, digest: digestOf(kept) });
    assert.deepEqual(await namesIn(files, ''), ['same']);
  });

  it('may have the name of a folder of others', async (t) => {
    const files = await open(t);
    for (const name of ['a/b', 'a', 'a/b/c']) await files.put(name, of(name), room);
    await files.remove('a/b');
    assert.deepEqual(await namesIn(files, ''), ['a', 'a/b/c']);
    assert.equal(await textOf(files, 'a/b/c'), 'a/b/c');
  });

  it('have names that leave no folder', async (t) => {
    const files = await open(t);
    for (const name of badNames) {
      await assert.rejects(files.put(name, of('x'), room), /is no name of a file/, name);
      await assert.rejects(files.get(name), /is no name/);
      await assert.rejects(files.describe(name), /is no name/);
      await assert.rejects(files.remove(name), /is no name/);
    }
    for (const prefix of ['../', '/', 'a//', 'A', './a'])
      await assert.rejects(namesIn(files, prefix), /is no name/, prefix);
  });
};

const badNames = [
  '',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  '/a',
  'a/',
  'a//b',
  'A',
  'a b',
  'a\\b',
  'a\0',
  'ä',
  '.a',
  'a.',
  '-a',
].concat('C:a', 'a\n', `${'a/'.repeat(100)}a`, 'a'.repeat(101));

const unfinished = (open: OpenFiles): void => {
  it('leave nothing when their content fails', async (t) => {
    const files = await open(t);
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('some');
      throw new Error('the source is gone');
    };
    await assert.rejects(files.put('a', content(), room), /the source is gone/);
    await isClean(files);
  });

  it('leave nothing when they are too large, and ask for no more', async (t) => {
    const files = await open(t);
    let given = 0;
    let wasEnded = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          given += 1;
          yield Buffer.alloc(10);
        }
      } finally {
        wasEnded = true;
      }
    };
    await assert.rejects(files.put('a', endless(), { bytesMax: 25 }), FileTooLarge);
    assert.equal(given, 3);
    assert.equal(wasEnded, true);
    await isClean(files);
    assert.equal((await files.put('a', of('x'.repeat(25)), { bytesMax: 25 })).bytes, 25);
  });

  it('leave nothing when they are stopped, though no chunk comes any more', async (t) => {
    const files = await open(t);
    const stop = new AbortController();
    const stuck = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('some');
      stop.abort(new Error('enough'));
      await new Promise(() => undefined);
    };
    await assert.rejects(files.put('a', stuck(), { ...room, stop: stop.signal }), /enough/);
    await assert.rejects(files.put('a', of('a'), { ...room, stop: stop.signal }), /enough/);
    await isClean(files);
  });

  it('are not found before their last byte is there', async (t) => {
    const files = await open(t);
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('some');
      await isClean(files);
      yield Buffer.from(' more');
      await isClean(files);
    };
    await files.put('a', content(), room);
    assert.equal(await textOf(files, 'a'), 'some more');
  });
};

const reading = (open: OpenFiles): void => {
  it('are read in ranges, as far as they go', async (t) => {
    const files = await open(t);
    await files.put('digits', of('01234', '56789'), room);
    for (const [asked, expected] of ranges) {
      const found = await files.get('digits', asked);
      assert.ok(found);
      assert.deepEqual({ range: found.range, text: await collected(found.content) }, expected);
    }
    const large = 'x'.repeat(300_000);
    await files.put('large', of(large), room);
    assert.equal(await textOf(files, 'large'), large);
    assert.equal((await textOf(files, 'large', { from: 100_001, to: 299_999 })).length, 199_998);
  });

  it('may be left in the middle, or not be begun', async (t) => {
    const files = await open(t);
    await files.put('large', of('x'.repeat(300_000)), room);
    await files.get('large');
    const found = await files.get('large');
    for await (const chunk of found?.content ?? []) {
      assert.ok(chunk.byteLength > 0);
      break;
    }
  });

  it('say that they are gone when they were removed before the first byte was read', async (t) => {
    const files = await open(t);
    await files.put('a', of('a'), room);
    const found = await files.get('a');
    await files.remove('a');
    await assert.rejects(collected(found?.content ?? of()), FileGone);
  });
};

const ranges = [
  [{}, { range: { from: 0, to: 10 }, text: '0123456789' }],
  [
    { from: 0, to: 3 },
    { range: { from: 0, to: 3 }, text: '012' },
  ],
  [
    { from: 4, to: 6 },
    { range: { from: 4, to: 6 }, text: '45' },
  ],
  [{ from: 7 }, { range: { from: 7, to: 10 }, text: '789' }],
  [
    { from: 7, to: 99 },
    { range: { from: 7, to: 10 }, text: '789' },
  ],
  [{ from: 10 }, { range: { from: 10, to: 10 }, text: '' }],
  [
    { from: 50, to: 60 },
    { range: { from: 10, to: 10 }, text: '' },
  ],
  [
    { from: 6, to: 4 },
    { range: { from: 6, to: 6 }, text: '' },
  ],
] as const;

const listing = (open: OpenFiles): void => {
  it('are listed by how their names begin, in the order of bytes', async (t) => {
    const files = await open(t);
    const names = ['b', 'a/c', 'a', 'a-b', 'a/b/d', 'a/b-c', 'a/b', 'a.b', 'a0', 'ab/c'];
    for (const name of names) await files.put(name, of(name), room);
    const sorted = names.toSorted();
    assert.deepEqual(await namesIn(files, ''), sorted);
    for (const prefix of ['a', 'a/', 'a/b', 'a/b/', 'a-', 'ab/c', 'c', 'a/x/y']) {
      assert.deepEqual(
        await namesIn(files, prefix),
        sorted.filter((name) => name.startsWith(prefix)),
        prefix,
      );
    }
    for (const after of [...names, 'a/a', 'a/b/', '0', 'z']) {
      assert.deepEqual(
        await namesIn(files, 'a', after),
        sorted.filter((name) => name.startsWith('a') && name > after),
      );
    }
    for await (const { name, bytes } of files.list('')) assert.equal(bytes, name.length);
  });
};

const room: PutOptions = { bytesMax: 1_000_000 };

async function* of(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const collected = async (content: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const textOf = async (files: Files, name: string, range?: { from?: number; to?: number }): Promise<string> => {
  const found = await files.get(name, range);
  assert.ok(found, `${name} is not there`);
  return collected(found.content);
};

const namesIn = async (files: Files, prefix: string, after?: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { name } of files.list(prefix, after)) names.push(name);
  return names;
};

const isClean = async (files: Files): Promise<void> => {
  assert.equal(await files.describe('a'), undefined);
  assert.deepEqual(await namesIn(files, ''), []);
};
