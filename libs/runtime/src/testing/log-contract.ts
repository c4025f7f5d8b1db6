/**
 * What every log must do, whichever is behind the port. An adapter's test calls `logContract` once; what is particular
 * to it (how it survives a crash, for instance) it tests itself. Nothing here assumes that offsets begin at zero or have
 * no holes.
 */
import { describe, type TestContext } from 'node:test';
import type { Log } from '../log.ts';
import { appendContract } from './log-contract-append.ts';
import { readContract } from './log-contract-read.ts';
import { subscribeContract } from './log-contract-subscribe.ts';

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

export const logContract = (name: string, open: OpenLog): void => {
  describe(`${name} is a log`, () => {
    appendContract(open);
    readContract(open);
    subscribeContract(open);
  });
};
