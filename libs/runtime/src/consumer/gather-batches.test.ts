import assert from 'node:assert/strict';
import { it } from 'node:test';
import { manualTimer } from '../ingest/testing/manual-timer.ts';
import type { Batch } from '../log.ts';
import type { Patience } from '../patience.ts';
import { gatherBatches } from './gather-batches.ts';

it('deals together with what is handed over in one turn, and answers for each', async () => {
  const { gather, dealt, timer } = gathering({});
  const answers = [gather(batchOf(0)), gather(batchOf(1)), gather(batchOf(2))];
  await timer.advance(0);
  assert.deepEqual(dealt, [[0, 1, 2]]);
  assert.deepEqual(await Promise.all(answers), ['dealt with 0', 'dealt with 1', 'dealt with 2']);
});

it('begins at an interval, and at once after a quiet time or when enough records wait', async () => {
  const { gather, dealt, timer } = gathering({ intervalMs: 20, recordsMax: 10 });
  void gather(batchOf(0));
  await timer.advance(0);
  void gather(batchOf(1));
  await timer.advance(19);
  assert.deepEqual(dealt, [[0]]);
  void gather(batchOf(2));
  await timer.advance(1);
  assert.deepEqual(dealt, [[0], [1, 2]]);
  void gather(batchOf(3, 9));
  await timer.advance(0);
  void gather(batchOf(4, 1));
  await timer.advance(0);
  assert.deepEqual(dealt.at(-1), [3, 4]);
  await timer.advance(20);
  void gather(batchOf(5));
  await timer.advance(0);
  assert.deepEqual(dealt.at(-1), [5]);
});

it('takes no more batches together than enough records, but always one', async () => {
  const { gather, dealt, timer } = gathering({ recordsMax: 10 });
  for (const [partition, records] of [8, 7, 12, 1, 1].entries()) void gather(batchOf(partition, records));
  await timer.advance(0);
  assert.deepEqual(dealt, [[0, 1], [2], [3, 4]]);
});

it('never deals with two batches of one partition together', async () => {
  const { gather, dealt, timer } = gathering({});
  const answers = [0, 1, 0].map((partition) => gather(batchOf(partition)));
  await timer.advance(0);
  assert.deepEqual(dealt, [[0, 1], [0]]);
  assert.equal((await Promise.all(answers)).length, 3);
});

it('has no more under way than it may, and gathers meanwhile', async () => {
  const { gather, dealt, timer, hold, release } = gathering({ atATime: 2 });
  hold();
  for (const partition of [0, 1, 2, 3]) {
    void gather(batchOf(partition));
    await timer.advance(0);
  }
  assert.deepEqual(dealt, [[0], [1]]);
  release();
  await timer.advance(0);
  assert.deepEqual(dealt, [[0], [1], [2, 3]]);
});

it('rejects all that were dealt with together, and goes on', async () => {
  const { gather, dealt, timer, fail } = gathering({});
  fail(new TypeError('a bug'));
  const broken = [gather(batchOf(0)), gather(batchOf(1))].map((one) => assert.rejects(one, /a bug/));
  await timer.advance(0);
  await Promise.all(broken);
  void gather(batchOf(2));
  await timer.advance(0);
  assert.deepEqual(dealt, [[0, 1], [2]]);
});

it('answers nothing of what was stopped', async () => {
  const { gather, timer } = gathering({ patience: async () => undefined });
  const answer = gather(batchOf(0));
  await timer.advance(0);
  assert.equal(await answer, undefined);
});

type Given = {
  readonly atATime?: number;
  readonly recordsMax?: number;
  readonly intervalMs?: number;
  readonly patience?: Patience;
};

const gathering = ({ atATime = 4, recordsMax = 100, intervalMs = 0, patience = (work) => work() }: Given) => {
  const timer = manualTimer();
  const dealt: number[][] = [];
  let held: PromiseWithResolvers<void> | undefined;
  let failure: Error | undefined;
  const gathered = gatherBatches<string>({
    ...{ atATime, recordsMax, intervalMs, timer },
    deal: (batches, patient) =>
      patient(async () => {
        dealt.push(batches.map(({ partition }) => partition));
        const thrown = failure;
        failure = undefined;
        if (thrown !== undefined) throw thrown;
        await held?.promise;
        return batches.map(({ partition }) => `dealt with ${partition}`);
      }),
  });
  return {
    ...{ timer, dealt },
    gather: (batch: Batch) => gathered(batch, patience),
    hold: () => {
      held = Promise.withResolvers();
    },
    release: () => held?.resolve(),
    fail: (error: Error) => {
      failure = error;
    },
  };
};

const batchOf = (partition: number, records = 1): Batch => ({
  ...{ topic: 'things', partition, fetchedOffset: 0n, nextOffset: BigInt(records), endOffset: BigInt(records) },
  records: Array.from({ length: records }, (_, index) => ({
    ...{ offset: BigInt(index), timestampMs: 0, key: 'k', value: new Uint8Array(), headers: {} },
  })),
});
