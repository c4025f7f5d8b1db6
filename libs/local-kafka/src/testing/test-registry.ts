/** A real schema registry for tests, in a folder that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '@plenum/runtime/testing';
import { type LocalRegistry, startLocalRegistry } from '../start-local-registry.ts';
import { LocalKafkaUnavailable } from '../unavailable.ts';

export type TestRegistry =
  | { readonly registry: LocalRegistry; readonly skip: false; readonly stop: () => Promise<void> }
  /** Why there is none. A suite says so and is counted as skipped; it never passes unseen. */
  | { readonly registry: undefined; readonly skip: string; readonly stop: () => Promise<void> };

/** To be awaited at the top of a test file: whether there is a registry decides which suites can run. */
export const testRegistry = async (): Promise<TestRegistry> => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'plenum-registry-'));
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const registry = await startLocalRegistry({ dataDir, logger: silentLogger });
    return {
      registry,
      skip: false,
      async stop() {
        await registry.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    if (!(error instanceof LocalKafkaUnavailable)) throw error;
    return {
      registry: undefined,
      skip: `no schema registry on this machine: ${error.message}`,
      stop: async () => undefined,
    };
  }
};
