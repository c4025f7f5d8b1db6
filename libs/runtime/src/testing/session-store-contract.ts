/** What every store of sessions keeps. */
import { describe } from 'node:test';
import { sessionsAdopted } from './session-store-contract-adopt.ts';
import { sessionsThatEnd } from './session-store-contract-end.ts';
import type { OpenSessionServers } from './session-store-contract-kit.ts';
import { messagesInSessions } from './session-store-contract-messages.ts';
import { retainedMessages } from './session-store-contract-retained.ts';
import { serversOfSessions } from './session-store-contract-servers.ts';
import { sessionsTaken } from './session-store-contract-take.ts';

export type { OpenedSessionServer, OpenSessionServers } from './session-store-contract-kit.ts';

export const sessionStoreContract = (name: string, open: OpenSessionServers): void => {
  describe(`sessions in ${name}`, { timeout: 240_000 }, () => {
    sessionsTaken(open);
    messagesInSessions(open);
    sessionsThatEnd(open);
    sessionsAdopted(open);
    serversOfSessions(open);
    retainedMessages(open);
  });
};
