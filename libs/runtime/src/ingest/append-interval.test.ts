import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ingestUnderTest } from './testing/ingest-under-test.ts';
import { dataOf } from './testing/plain-translator.ts';

describe('appends at an interval', () => {
  it('begins appends at an interval: the first at once, what comes in between together', async () => {
    const { log, timer, say, answers } = ingestUnderTest({ intervalMs: 40 });
    say(1, 'a');
    await timer.advance(0);
    assert.deepEqual(answers, [['a', 'safe']]);
    for (const text of ['b', 'c']) say(2, text);
    await timer.advance(39);
    assert.equal(answers.length, 1);
    say(3, 'd');
    await timer.advance(1);
    assert.deepEqual(log.batches, [1, 3]);
    await timer.advance(40);
    say(1, 'e');
    await timer.advance(0);
    assert.deepEqual(log.batches, [1, 3, 1]);
    assert.equal(answers.length, 5);
  });

  it('waits for nothing with a batch that is full, by its records or by its bytes', async () => {
    const { log, timer, say } = ingestUnderTest({ intervalMs: 40, batchRecordsMax: 3, batchBytesMax: 10_000 });
    say(1, 'a');
    await timer.advance(0);
    for (const text of ['b', 'c']) say(1, text);
    await timer.advance(0);
    assert.deepEqual(log.batches, [1]);
    for (const text of ['d', 'e']) say(1, text);
    await timer.advance(0);
    assert.deepEqual(log.batches, [1, 3]);
    say(1, 'z'.repeat(12_000));
    await timer.advance(0);
    assert.deepEqual(log.batches, [1, 3, 1, 1]);
    say(1, 'f');
    await timer.advance(39);
    assert.deepEqual(log.batches, [1, 3, 1, 1]);
    await timer.advance(1);
    assert.deepEqual(log.batches, [1, 3, 1, 1, 1]);
  });

  it('does not hold a batch full that is full of what is gone', async () => {
    const { log, timer, say, loop } = ingestUnderTest({ intervalMs: 40, batchRecordsMax: 3 });
    say(1, 'a');
    await timer.advance(0);
    for (const text of ['b', 'c']) say(2, text);
    loop.forget(2);
    say(3, 'd');
    await timer.advance(39);
    assert.deepEqual(log.batches, [1]);
    await timer.advance(1);
    assert.deepEqual(log.records.map(dataOf), ['a', 'd']);
  });

  it('takes what waits to be read with the append that is due, not with the one after it', async () => {
    const { log, timer, say, loop } = ingestUnderTest({ intervalMs: 40 });
    say(1, 'a');
    await timer.advance(10);
    assert.equal(
      loop.postpone(10, () => void say(2, 'b')),
      true,
    );
    say(3, 'c');
    await timer.advance(30);
    assert.deepEqual(log.batches, [1, 2]);
    assert.deepEqual(log.records.map(dataOf), ['a', 'c', 'b']);
  });

  it('counts what it took to read what waited as part of the interval', async () => {
    const { log, timer, say, loop } = ingestUnderTest({ intervalMs: 40 });
    say(1, 'a');
    await timer.advance(0);
    loop.postpone(10, () => {
      timer.pass(15);
      say(2, 'b');
    });
    await timer.advance(40);
    await timer.advance(0);
    assert.deepEqual(log.batches, [1, 1]);
    say(1, 'c');
    await timer.advance(24);
    assert.deepEqual(log.batches, [1, 1]);
    await timer.advance(1);
    assert.deepEqual(log.batches, [1, 1, 1]);
  });
});
