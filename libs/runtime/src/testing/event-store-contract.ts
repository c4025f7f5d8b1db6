/**
 * What every store of decisions owes its callers. The one in memory and the one in PostgreSQL both run it. Events are
 * those of `sample-purses.ts`, in the codec that is given with them.
 */
import { describe } from 'node:test';
import { appendDecisions } from './event-store-contract-append.ts';
import { relayDecisions } from './event-store-contract-relay.ts';
import { reserveNames } from './event-store-contract-reserve.ts';
import type { OpenEventStore } from './opened-event-store.ts';

export const eventStoreContract = (name: string, open: OpenEventStore): void => {
  describe(`${name} is an event store`, () => {
    appendDecisions(open);
    reserveNames(open);
    relayDecisions(open);
  });
};
