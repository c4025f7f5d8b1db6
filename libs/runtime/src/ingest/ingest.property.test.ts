import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ingest } from './ingest.ts';
import type { Outcome } from './message.ts';
import { controlledLog } from './testing/controlled-log.ts';
import { manualTimer } from './testing/manual-timer.ts';
import { dataOf, plainCodec, plainTranslator } from './testing/plain-translator.ts';

type Step =
  | { readonly step: 'say'; readonly connection: number; readonly refused: boolean; readonly waits: boolean }
  | { readonly step: 'forget'; readonly connection: number }
  | { readonly step: 'log'; readonly does: 'hold' | 'release' | 'fail' | 'heal' }
  | { readonly step: 'pass'; readonly ms: number };

const connection = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant('say' as const),
      connection,
      refused: fc.boolean(),
      waits: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('forget' as const), connection }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('log' as const),
      does: fc.constantFrom('hold' as const, 'release' as const, 'fail' as const, 'heal' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 4000 }) }) },
);

it('whatever the log and the connections do: answered once, in order, never too early, and the counters balance', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = start();
      for (const next of steps) await world.play(next);
      await world.end();
    }),
    { numRuns: 300 },
  ));

const start = () => {
  const log = controlledLog();
  const timer = manualTimer();
  const limits = {
    batchRecordsMax: 4,
    inHandBytesMax: 12_000,
    budget: { messages: 2, messagesPerSecond: 1, bytes: 100, bytesPerSecond: 10 },
  };
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const loop = ingest({ log, timer, limits, codec: plainCodec, translator: plainTranslator, logger });
  const offered = new Map<number, string[]>();
  const answered = new Map<number, string[]>();
  let said = 0;
  let waited = 0;

  /** Kept whole under its own text, or somewhere in a count. */
  const isDurable = (text: string): boolean =>
    log.records.some((record) => JSON.stringify(dataOf(record)).includes(text)) ||
    (text.startsWith('!') && log.records.some(({ topic }) => topic === 'Discarded'));

  const say = ({ connection: from, refused, waits }: Step & { step: 'say' }): void => {
    said += 1;
    const text = `${refused ? '!' : ''}<${said}>`;
    loop.received(1);
    if (waits) {
      waited += 1;
      offered.set(from, [...(offered.get(from) ?? []), text]);
    }
    const settled = (outcome: Outcome): void => {
      answered.set(from, [...(answered.get(from) ?? []), text]);
      if (outcome === 'safe') assert.ok(isDurable(text), `${text} was answered before it was durable`);
    };
    const payload = new TextEncoder().encode(text);
    const sender = { clientId: `client-${from}`, connection: from, topic: `t/${from}` };
    loop.offer({ ...sender, payload, receivedTimeUs: 0, holdMs: waits ? 5000 : undefined }, settled);
  };

  return {
    play: async (next: Step): Promise<void> => {
      if (next.step === 'say') say(next);
      else if (next.step === 'forget') loop.forget(next.connection);
      else if (next.step === 'log') log[next.does]();
      else await timer.advance(next.ms);
    },
    end: async (): Promise<void> => {
      log.heal();
      log.release();
      const drained = loop.drain(new AbortController().signal);
      await timer.advance(10_000);
      await drained;
      const { received, appended, quarantined, discarded, dropped, inHand } = loop.balance();
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      assert.equal(received, said);
      assert.equal(appended + quarantined + discarded + lost, said);
      assert.equal(inHand, 0);
      assert.equal(loop.load().inHandBytes, 0);
      assert.equal(log.records.filter(({ topic }) => topic === 'Said').length, appended);
      assert.equal(log.records.filter(({ topic }) => topic === 'Quarantined').length, quarantined);
      assert.equal(discardedIn(log.records.filter(({ topic }) => topic === 'Discarded').map(dataOf)), discarded);
      assert.deepEqual(answered, offered);
      assert.equal([...answered.values()].flat().length, waited);
    },
  };
};

const discardedIn = (counts: readonly unknown[]): number =>
  // What `plainTranslator` writes for a count.
  counts.reduce<number>((sum, count) => sum + (count as { messages: number }).messages, 0);
