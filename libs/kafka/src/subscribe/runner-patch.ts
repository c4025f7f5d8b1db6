/**
 * kafkajs 2.2.4 never ends a consumer that is stopped while it is making its fetchers anew, as it does when a broker
 * came or went: the old ones are stopped, the new ones are not, and each of them asks whether there is something to
 * fetch, is answered at once that there is nothing, and asks again. No timer, answer or signal comes through to the
 * process any more. Here a fetcher that finds its consumer stopped stops them all.
 */
import { createRequire } from 'node:module';

type Runner = {
  readonly running: boolean;
  readonly fetchManager: { stop(): Promise<void> };
  fetch(nodeId: number): Promise<readonly unknown[]>;
};

let patched = false;

/** Takes effect for every consumer of this process. Applying it twice changes nothing. */
export const patchRunner = (): void => {
  if (patched) return;
  patched = true;
  // The module has no types; its shape is that of the pinned version, and a test looks at what the patch is for.
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/runner') as { readonly prototype: Runner };
  const fetch = prototype.fetch;
  prototype.fetch = function (this: Runner, nodeId: number): Promise<readonly unknown[]> {
    // It stops them at once and then waits for their end, which this one must not. It never rejects.
    if (!this.running) void this.fetchManager.stop();
    return fetch.call(this, nodeId);
  };
};
