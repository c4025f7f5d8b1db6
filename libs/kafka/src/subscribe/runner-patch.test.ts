import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { patchRunner } from './runner-patch.ts';

type Runner = { readonly consuming: boolean; start(): Promise<void>; stop(): Promise<void> };

// Without types, as the patch itself meets it.
const Runner = createRequire(import.meta.url)('kafkajs/src/consumer/runner') as new (options: object) => Runner;

/** So often a fetcher finds that its consumer was stopped before this test breaks it off. */
const patience = 1_000;

/** Stops a consumer while its fetchers are made anew. @returns how often they found that out. */
const stopWhileMadeAnew = async (): Promise<number> => {
  let nodes = [1, 2];
  let told = 0;
  const answers = new Map<number, (batches: readonly unknown[]) => void>();
  const answer = async (node: number): Promise<void> => {
    while (!answers.has(node)) await turn();
    answers.get(node)?.([]);
  };
  const logger = {
    namespace: () => logger,
    ...{ info: () => {}, warn: () => {}, error: () => {} },
    debug(message: string) {
      if (message !== 'consumer not running, exiting') return;
      told += 1;
      // Otherwise nothing else would ever run in this process.
      if (told === patience) throw new Error('enough');
    },
  };
  const left = Promise.withResolvers<void>();
  const consumerGroup = {
    ...{ connect: async () => {}, joinAndSync: async () => {}, heartbeat: async () => {} },
    leave: async () => left.resolve(),
    getNodeIds: () => nodes,
    fetch: (node: number) => new Promise((resolve) => answers.set(node, resolve)),
  };
  const runner = new Runner({
    ...{ logger, consumerGroup, concurrency: 1, retry: { retries: 0 } },
    instrumentationEmitter: { emit: () => {} },
    onCrash: () => left.resolve(),
  });
  await runner.start();
  nodes = [1];
  // This one notices that there are other brokers now, and the other is asked to stop when its answer is there.
  await answer(1);
  await turn();
  const stopped = runner.stop();
  await answer(2);
  await left.promise;
  if (told < patience) await stopped;
  return told;
};

it('ends a consumer that is stopped while brokers come and go, which kafkajs does not', async () => {
  assert.equal(await stopWhileMadeAnew(), patience);
  patchRunner();
  assert.equal(await stopWhileMadeAnew(), 1);
});

type Answer = PromiseWithResolvers<readonly unknown[]>;

/** A consumer of two brokers that answer no fetch by themselves. */
const consumerOfTwo = async () => {
  const answers = new Map<number, Answer>();
  const joined: PromiseWithResolvers<void>[] = [Promise.withResolvers(), Promise.withResolvers()];
  const waits: number[] = [];
  let joins = 0;
  const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
  const logger = { ...quiet, namespace: () => logger };
  const consumerGroup = {
    ...{ connect: async () => {}, heartbeat: async () => {}, leave: async () => {}, generationId: 1, maxWaitTime: 0 },
    joinAndSync: async () => {
      joined[joins]?.resolve();
      joins += 1;
    },
    getNodeIds: () => [1, 2],
    fetch: (node: number) => {
      waits.push(consumerGroup.maxWaitTime);
      const answer = Promise.withResolvers<readonly unknown[]>();
      answers.set(node, answer);
      return answer.promise;
    },
  };
  const runner = new Runner({
    ...{ logger, consumerGroup, concurrency: 1, retry: { retries: 0 } },
    instrumentationEmitter: { emit: () => {} },
    onCrash: () => {},
  });
  await runner.start();
  const asked = async (node: number): Promise<Answer> => {
    for (;;) {
      const answer = answers.get(node);
      if (answers.delete(node) && answer) return answer;
      await turn();
    }
  };
  return { runner, asked, joined, waits };
};

it('stops while fetches are under way, and whatever becomes of them then', async () => {
  patchRunner();
  const { runner, asked } = await consumerOfTwo();
  const [first, second] = [await asked(1), await asked(2)];
  await runner.stop();
  first.reject(new Error('the connection is closed'));
  second.resolve([]);
  await turn();
});

it('joins again when one broker says so, although the other has not answered', async () => {
  patchRunner();
  const { runner, asked, joined } = await consumerOfTwo();
  await joined[0]?.promise;
  const [first] = [await asked(1), await asked(2)];
  first.reject(Object.assign(new Error('again'), { type: 'REBALANCE_IN_PROGRESS' }));
  await joined[1]?.promise;
  await asked(1);
  await runner.stop();
});

it('lets a broker wait longer for each fetch that brings nothing', async () => {
  patchRunner();
  const { runner, asked, waits } = await consumerOfTwo();
  const empty = { rawMessages: [] };
  for (let answered = 0; answered < 4; answered += 1) (await asked(1)).resolve([empty, empty]);
  await asked(1);
  await runner.stop();
  const ofFirst = waits.filter((_, index) => index !== 1);
  assert.deepEqual(ofFirst.slice(0, 4), [200, 400, 800, 1_600]);
});
