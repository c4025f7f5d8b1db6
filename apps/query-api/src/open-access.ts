/** What the API lets people in with, and decides about them in: the store of decisions, and authentication over it. */

import { type Foundation, type OpenDecisions, openDecisions, refuseLostStore } from '@plenum/assembly';
import {
  type Authentication,
  type AuthenticationConfig,
  masterKeysOf,
  openAuthentication,
} from '@plenum/authentication';
import type { EventCodec, Logger } from '@plenum/runtime';

export type AccessParts = {
  readonly foundation: Pick<Foundation, 'database' | 'log'>;
  readonly codec: EventCodec;
  readonly config: AuthenticationConfig;
  readonly logger: Logger;
};

export type OpenAccess = {
  readonly authentication: Authentication;
  readonly decisions: OpenDecisions;
  /** Before the foundation is closed. */
  close(): Promise<void>;
};

/**
 * @throws ConfigError when settings do not go together; StoreLost when the log has decisions that the store has not;
 *   TransientFailure; as `openDecisions` and `openAuthentication`. Nothing is left open then.
 */
export const openAccess = async ({ foundation, codec, config, logger }: AccessParts): Promise<OpenAccess> => {
  const { database, log } = foundation;
  await using opened = new AsyncDisposableStack();
  const decisions = await openDecisions({ database, log, codec, masterKeys: masterKeysOf(config), logger });
  opened.defer(decisions.close);
  await refuseLostStore(database, log);
  const { store, personal } = decisions;
  const authentication = await openAuthentication({ config, database, store, personal, log, codec, logger });
  opened.defer(authentication.close);
  const parts = opened.move();
  return { authentication, decisions, close: () => parts.disposeAsync() };
};
