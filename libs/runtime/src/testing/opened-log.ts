/** What the contract of logs is run on. */
import type { TestContext } from 'node:test';
import type { Log } from '../log.ts';

export type OpenedLog = {
  readonly log: Log;
  /** Two empty topics that nobody else uses, with at least four partitions each. */
  readonly topics: readonly [ContractTopic, ContractTopic];
  /** The same log as another process would open it. What is opened here is closed after the test. */
  readonly another: () => Promise<Log>;
  /** Forgets what is before `first`, where the log can be made to. */
  readonly truncate?: (topic: string, partition: number, first: bigint) => Promise<void>;
};

export type ContractTopic = { readonly name: string; readonly partitions: number };

/** Opens a log for one test; the test context closes it afterwards. */
export type OpenLog = (t: TestContext) => Promise<OpenedLog>;
