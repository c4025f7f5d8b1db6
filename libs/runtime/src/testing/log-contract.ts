/**
 * What every log must do, whichever is behind the port. An adapter's test calls `logContract` once; what is particular
 * to it (how it survives a crash, for instance) it tests itself. Nothing here assumes that offsets begin at zero or have
 * no holes.
 */
import { describe } from 'node:test';
import { appendContract } from './log-contract-append.ts';
import { readContract } from './log-contract-read.ts';
import { subscribeContract } from './log-contract-subscribe.ts';
import type { OpenLog } from './opened-log.ts';

export const logContract = (name: string, open: OpenLog): void => {
  describe(`${name} is a log`, () => {
    appendContract(open);
    readContract(open);
    subscribeContract(open);
  });
};
