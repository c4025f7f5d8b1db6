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
