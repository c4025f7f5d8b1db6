import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransientFailure } from '../errors.ts';
import type { Arrival } from './message.ts';
import { balance, ingestUnderTest } from './testing/ingest-under-test.ts';
import { dataOf, plainCodec } from './testing/plain-translator.ts';

describe('ingest', () => {
  it('answers only once the log has the message', async () => {
    const { log, timer, say, answers } = ingestUnderTest();
    log.hold();
    say(1, 'a');
    await timer.advance(50);
    assert.deepEqual(answers, []);
    log.release();
    await timer.advance(0);
    assert.deepEqual(answers, [['a', 'safe']]);
  });

  it('gathers what arrives while an append is in flight, and keeps its order', async () => {
    const { log, timer, say } = ingestUnderTest();
    log.hold();
    say(1, 'a');
    await timer.advance(0);
    for (const text of ['b', 'c', 'd']) say(2, text);
    await timer.advance(0);
    log.release();
    await timer.advance(0);
    assert.deepEqual(log.batches, [1, 3]);
    assert.deepEqual(log.records.map(dataOf), ['a', 'b', 'c', 'd']);
  });

  it('ends a batch at its most records and at its most bytes', async () => {
    const { log, timer, say } = ingestUnderTest({ batchRecordsMax: 3, batchBytesMax: 10_000 });
    for (let n = 0; n < 7; n += 1) say(1, 'x');
    say(1, 'y'.repeat(8000));
    say(1, 'z'.repeat(8000));
    await timer.advance(0);
    assert.deepEqual(log.batches, [3, 3, 2, 1]);
  });

  it('writes a refused message to quarantine, and then acknowledges it', async () => {
    const { log, timer, say, answers, loop } = ingestUnderTest();
    say(1, '!no');
    await timer.advance(0);
    assert.deepEqual(answers, [['!no', 'safe']]);
    assert.equal(log.records[0]?.topic, 'Quarantined');
    assert.deepEqual(loop.balance(), balance({ received: 1, quarantined: 1 }));
  });

  it('keeps from the log what it would refuse for its size, and acknowledges it once it is in quarantine', async () => {
    const { log, timer, say, answers, loop } = ingestUnderTest();
    const long = 'x'.repeat(930_000);
    say(1, 'a');
    say(1, long);
    say(1, 'b');
    await timer.advance(0);
    assert.deepEqual(
      log.records.map(({ topic }) => topic),
      ['Said', 'Quarantined', 'Said'],
    );
    assert.partialDeepStrictEqual(log.records.map(dataOf)[1], { code: 'too-large', text: long });
    assert.deepEqual(
      answers.map(([, outcome]) => outcome),
      ['safe', 'safe', 'safe'],
    );
    assert.deepEqual(loop.balance(), balance({ received: 3, appended: 2, quarantined: 1 }));
  });

  it('writes nothing of what Plenum has published itself, and answers it in its turn', async () => {
    const { log, timer, say, answers, loop } = ingestUnderTest();
    log.hold();
    say(1, 'a');
    say(1, '=own');
    say(2, '=first of its connection');
    say(1, '=nobody waits', { holdMs: undefined });
    await timer.advance(0);
    assert.deepEqual(answers, [['=first of its connection', 'safe']]);
    log.release();
    await timer.advance(0);
    assert.deepEqual(answers.slice(1), [
      ['a', 'safe'],
      ['=own', 'safe'],
    ]);
    assert.deepEqual(log.records.map(dataOf), ['a']);
    assert.deepEqual(loop.balance(), balance({ received: 4, appended: 1, dropped: { own: 3 } }));
  });

  it('does not translate what the source has refused', async () => {
    const { log, timer, say } = ingestUnderTest();
    say(1, 'readable', { refused: { code: 'oversized', detail: '', lengthBytes: 9_000_000, sha256: 'ab' } });
    await timer.advance(0);
    assert.deepEqual(log.records.map(dataOf), [
      { clientId: 'client-1', code: 'oversized', text: 'readable', length: 9_000_000, sha256: 'ab' },
    ]);
  });

  it('quarantines what cannot be encoded instead of failing with it', async () => {
    const encode: typeof plainCodec.encode = (event) => {
      if (event.data === 'bad') throw new Error('does not fit');
      return plainCodec.encode(event);
    };
    const { log, timer, say, answers } = ingestUnderTest({}, { encode });
    say(1, 'bad');
    say(1, 'good');
    await timer.advance(0);
    assert.deepEqual(
      log.records.map(({ topic }) => topic),
      ['Quarantined', 'Said'],
    );
    assert.equal(answers.length, 2);
  });

  describe('beyond a client’s budget', () => {
    const budget = { messages: 2, messagesPerSecond: 1, bytes: 1000, bytesPerSecond: 1000 };

    it('keeps counts only, at most one record per interval, and acknowledges behind it', async () => {
      const { log, timer, say, answers, loop } = ingestUnderTest({ budget, discardIntervalMs: 250 });
      for (let n = 0; n < 5; n += 1) say(1, '!');
      await timer.advance(0);
      assert.deepEqual(
        log.records.map(({ topic }) => topic),
        ['Quarantined', 'Quarantined', 'Discarded'],
      );
      assert.equal(answers.length, 5);
      say(1, '!!');
      say(1, '!!');
      await timer.advance(249);
      assert.equal(answers.length, 5);
      await timer.advance(1);
      assert.equal(answers.length, 7);
      const counts = log.records.filter(({ topic }) => topic === 'Discarded').map(dataOf);
      assert.deepEqual(counts, [
        { clientId: 'client-1', code: 'shouting', topic: 't/1', messages: 3, bytes: 3 },
        { clientId: 'client-1', code: 'shouting', topic: 't/1', messages: 2, bytes: 4 },
      ]);
      assert.deepEqual(loop.balance(), balance({ received: 7, quarantined: 2, discarded: 5 }));
    });

    it('counts a message that comes again no second time, and answers behind the record that counts it', async () => {
      const { log, timer, say, answers, loop } = ingestUnderTest({ budget, discardIntervalMs: 250 });
      const arrivals = Array.from({ length: 4 }, (): Arrival => ({ receivedTimeUs: 0, id: undefined, counted: false }));
      for (const [n, arrival] of arrivals.entries()) say(1, `!${n}`, { arrival });
      assert.deepEqual(
        arrivals.map(({ counted }) => counted),
        [false, false, true, true],
      );
      log.hold();
      await timer.advance(250);
      // The record that counts both is under way, and the connection is another one.
      for (const [n, arrival] of arrivals.slice(2).entries()) say(2, `!${n + 2}`, { arrival, clientId: 'client-1' });
      await timer.advance(250);
      assert.deepEqual(answers, []);
      log.release();
      await timer.advance(0);
      assert.equal(answers.length, 6);
      assert.deepEqual(log.records.filter(({ topic }) => topic === 'Discarded').map(dataOf), [
        { clientId: 'client-1', code: 'shouting', topic: 't/1', messages: 2, bytes: 4 },
      ]);
      assert.deepEqual(loop.balance(), balance({ received: 6, quarantined: 2, discarded: 4 }));
    });

    it('is not spent again by a message that comes again and was kept', async () => {
      const { log, timer, say } = ingestUnderTest({ budget });
      const arrival: Arrival = { receivedTimeUs: 0, id: 'made before', counted: false };
      for (let n = 0; n < 3; n += 1) say(1, '!', { arrival });
      await timer.advance(0);
      assert.deepEqual(
        log.records.map(({ topic }) => topic),
        ['Quarantined', 'Quarantined', 'Quarantined'],
      );
    });

    it('answers in order: a good message behind counted ones waits for them, another client does not', async () => {
      const { timer, say, answers } = ingestUnderTest({ budget, discardIntervalMs: 250 });
      for (const text of ['!1', '!2', '!3']) say(1, text);
      await timer.advance(0);
      say(1, '!4');
      say(1, 'good');
      say(2, 'other');
      await timer.advance(10);
      assert.deepEqual(
        answers.map(([text]) => text),
        ['!1', '!2', '!3', 'other'],
      );
      await timer.advance(240);
      assert.deepEqual(
        answers.map(([text]) => text),
        ['!1', '!2', '!3', 'other', '!4', 'good'],
      );
    });

    it('fills up again with time, and counts bytes as well as messages', async () => {
      const { log, timer, say } = ingestUnderTest({ budget });
      say(1, `!${'x'.repeat(900)}`);
      say(1, `!${'x'.repeat(900)}`);
      await timer.advance(1000);
      say(1, `!${'x'.repeat(900)}`);
      await timer.advance(1000);
      assert.deepEqual(log.records.map(({ topic }) => topic).sort(), ['Discarded', 'Quarantined', 'Quarantined']);
    });
  });

  describe('with the log away', () => {
    it('says so, tries again, and loses nothing when it returns', async () => {
      const { log, timer, say, answers, loop } = ingestUnderTest();
      log.fail();
      say(1, 'a');
      say(1, 'b');
      await timer.advance(500);
      assert.equal(loop.state(), 'away');
      assert.deepEqual(answers, []);
      log.heal();
      await timer.advance(1000);
      assert.equal(loop.state(), 'flowing');
      assert.deepEqual(answers, [
        ['a', 'safe'],
        ['b', 'safe'],
      ]);
      assert.ok(loop.load().retries > 0);
    });

    it('counts an append that takes too long as away', async () => {
      const { log, timer, say, loop } = ingestUnderTest({ slowAppendMs: 5000 });
      log.hold();
      say(1, 'a', { holdMs: 60_000 });
      await timer.advance(4999);
      assert.equal(loop.state(), 'flowing');
      await timer.advance(2);
      assert.equal(loop.state(), 'away');
      log.release();
      await timer.advance(0);
      assert.equal(loop.state(), 'flowing');
    });

    it('answers unsafe after the hold, frees the memory, and keeps what nobody waits for', async () => {
      const { log, timer, say, answers, loop } = ingestUnderTest();
      log.fail();
      say(1, 'sending');
      await timer.advance(10);
      say(1, 'queued');
      say(2, 'quiet', { holdMs: undefined });
      await timer.advance(10_200);
      assert.deepEqual(answers, [
        ['sending', 'unsafe'],
        ['queued', 'unsafe'],
      ]);
      log.heal();
      await timer.advance(2000);
      // The batch under way stays: it is how the log's return is noticed. Its sender sends it again, under the same id.
      assert.deepEqual(log.records.map(dataOf), ['sending', 'quiet']);
      assert.deepEqual(loop.balance(), balance({ received: 3, appended: 2, dropped: { unsafe: 1 } }));
      assert.equal(loop.load().inHandBytes, 0);
    });

    it('rejects with what is not a transient failure', async () => {
      const { log, timer, say, loop } = ingestUnderTest();
      log.fail(new TypeError('a bug'));
      say(1, 'a');
      await timer.advance(0);
      await assert.rejects(loop.finished, { message: 'a bug' });
    });
  });

  describe('when memory runs short', () => {
    const limits = { inHandBytesMax: 20_000 };

    it('pushes back, and calls when there is capacity again', async () => {
      const { log, timer, say, loop } = ingestUnderTest(limits);
      let called = 0;
      loop.onCapacity(() => {
        called += 1;
      });
      log.hold();
      assert.equal(say(1, 'x'.repeat(8000)), true);
      assert.equal(say(1, 'x'.repeat(12_000)), false);
      assert.equal(loop.hasCapacity(), false);
      assert.equal(called, 0);
      await timer.advance(0);
      log.release();
      await timer.advance(0);
      assert.equal(called, 1);
      assert.equal(loop.hasCapacity(), true);
    });

    it('lets sockets be read again with every append that ends, not when most of what waits is gone', async () => {
      const { timer, say, loop } = ingestUnderTest({ inHandBytesMax: 40_000, batchBytesMax: 10_000 });
      const fill = (): void => {
        while (say(1, 'x'.repeat(4000)));
      };
      const appended: number[] = [];
      loop.onCapacity(() => {
        if (appended.push(loop.load().appends) < 4) fill();
      });
      fill();
      await timer.advance(0);
      assert.deepEqual(appended, [1, 2, 3, 4]);
    });

    it('drops first what nobody waits for, and counts it', async () => {
      const { log, timer, say, loop } = ingestUnderTest(limits);
      log.hold();
      say(1, 'x'.repeat(12_000));
      say(2, 'quiet', { holdMs: undefined });
      assert.equal(loop.balance().dropped['qos0-overload'], 1);
      await timer.advance(0);
      log.release();
      await timer.advance(0);
      assert.equal(log.records.length, 1);
    });
  });

  it('forgets what a closed connection had not sent, but not what nobody waits for', async () => {
    const { log, timer, say, answers, loop } = ingestUnderTest();
    log.hold();
    say(1, 'in flight');
    await timer.advance(0);
    say(1, 'queued');
    say(1, 'quiet', { holdMs: undefined });
    say(2, 'other');
    loop.forget(1);
    log.release();
    await timer.advance(0);
    assert.deepEqual(log.records.map(dataOf), ['in flight', 'quiet', 'other']);
    assert.deepEqual(answers, [
      ['in flight', 'forgotten'],
      ['queued', 'forgotten'],
      ['other', 'safe'],
    ]);
    assert.deepEqual(loop.balance(), balance({ received: 4, appended: 3, dropped: { 'connection-closed': 1 } }));
  });

  describe('drain', () => {
    it('finishes what is in hand, counts included', async () => {
      const { log, timer, say, answers, loop } = ingestUnderTest({
        budget: { messages: 0, messagesPerSecond: 0, bytes: 0, bytesPerSecond: 0 },
      });
      log.hold();
      say(1, 'a');
      say(1, '!');
      const drained = loop.drain(new AbortController().signal);
      await timer.advance(0);
      log.release();
      await timer.advance(0);
      await drained;
      await loop.finished;
      assert.deepEqual(answers, [
        ['a', 'safe'],
        ['!', 'safe'],
      ]);
      assert.deepEqual(loop.balance(), balance({ received: 2, appended: 1, discarded: 1 }));
    });

    it('gives up when asked to, and says that what is left is unsafe', async () => {
      const { log, timer, say, answers, loop } = ingestUnderTest();
      log.fail(new TransientFailure('53100', 'no space left on device'));
      say(1, 'a');
      await timer.advance(100);
      say(1, 'b');
      const stop = new AbortController();
      const drained = loop.drain(stop.signal);
      stop.abort();
      await drained;
      assert.deepEqual(answers, [
        ['a', 'unsafe'],
        ['b', 'unsafe'],
      ]);
      assert.deepEqual(loop.balance(), balance({ received: 2, dropped: { unsafe: 2 } }));
    });
  });
});
