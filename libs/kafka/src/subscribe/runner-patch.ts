/**
 * What kafkajs 2.2.4 does with the fetches of a consumer, changed in four ways:
 *
 * * It never ends a consumer that is stopped while it is making its fetchers anew, as it does when a broker came or went: the
 *   old ones are stopped, the new ones are not, and each of them asks whether there is something to fetch, is answered at once
 *   that there is nothing, and asks again. No timer, answer or signal comes through to the process any more. Here a fetcher
 *   that finds its consumer stopped stops them all.
 * * It waits for all fetches under way before it stops, makes its fetchers anew, or joins its group again. Here they are let go:
 *   their answers are of no use any more.
 * * Its fetches wait for as long as it is told once. Here they wait longer while nothing comes (`fetch-wait.ts`).
 * * It hands a batch on for every partition that it asked for, most of them empty. Here those are left out.
 */
import { createRequire } from 'node:module';
import { fetchWaitMs } from './fetch-wait.ts';

/** `rawMessages` is also what kafkajs goes past without handing it on. */
type Batch = { readonly rawMessages: readonly unknown[] };

type Runner = {
  readonly running: boolean;
  readonly fetchManager: { stop(): Promise<void> };
  readonly consumerGroup: { readonly generationId: unknown; maxWaitTime: number; getNodeIds(): readonly number[] };
  fetch(nodeId: number): Promise<readonly Batch[]>;
  handleBatch(batch: Batch): Promise<void>;
  /** Only when none was sent for as long as the consumer was told. */
  heartbeat(): Promise<void>;
  stop(): Promise<void>;
};

/** What the fetches of a consumer have come to. */
type Fetching = { inVain: number; generationId: unknown; readonly underWay: Set<() => void> };

const fetchings = new WeakMap<Runner, Fetching>();
let patched = false;

const fetchingOf = (runner: Runner): Fetching => {
  const fetching = fetchings.getOrInsertComputed(runner, () => ({
    ...{ inVain: 0, generationId: undefined, underWay: new Set() },
  }));
  const { generationId } = runner.consumerGroup;
  // Where a member begins in its partitions is sought when it has joined.
  if (fetching.generationId !== generationId) Object.assign(fetching, { inVain: 0, generationId });
  return fetching;
};

const letGo = (runner: Runner): void => {
  for (const end of [...(fetchings.get(runner)?.underWay ?? [])]) end();
};

/** Those of all other brokers, when it has been decided that they are to stop: until then they would only begin again. */
const letOthersGo = (runner: Runner): void => {
  setImmediate(letGo, runner);
};

/** Takes effect for every consumer of this process. Applying it twice changes nothing. */
export const patchRunner = (): void => {
  if (patched) return;
  patched = true;
  // The module has no types; its shape is that of the pinned version, and a test looks at what the patch is for.
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/runner') as { readonly prototype: Runner };
  const { fetch, handleBatch, stop } = prototype;
  prototype.fetch = async function (this: Runner, nodeId: number): Promise<readonly Batch[]> {
    // It stops them at once and then waits for their end, which this one must not. It never rejects.
    if (!this.running) void this.fetchManager.stop();
    const fetching = fetchingOf(this);
    this.consumerGroup.maxWaitTime = fetchWaitMs(fetching.inVain);
    const ended = Promise.withResolvers<readonly Batch[]>();
    const end = (): void => ended.resolve([]);
    fetching.underWay.add(end);
    try {
      const answered = await Promise.race([fetch.call(this, nodeId), ended.promise]);
      const batches = answered.filter(({ rawMessages }) => rawMessages.length > 0);
      // Which is what kafkajs does for an empty batch.
      if (batches.length < answered.length && batches.length === 0) await this.heartbeat();
      fetching.inVain = batches.length > 0 ? 0 : fetching.inVain + 1;
      // It lost that broker: the fetchers are made anew.
      if (!this.consumerGroup.getNodeIds().includes(nodeId)) letOthersGo(this);
      return batches;
    } catch (error) {
      letOthersGo(this);
      throw error;
    } finally {
      fetching.underWay.delete(end);
    }
  };
  prototype.handleBatch = async function (this: Runner, batch: Batch): Promise<void> {
    try {
      await handleBatch.call(this, batch);
    } catch (error) {
      letOthersGo(this);
      throw error;
    }
  };
  prototype.stop = function (this: Runner): Promise<void> {
    const stopped = stop.call(this);
    letGo(this);
    return stopped;
  };
};
