/** What a process authenticates requests with and decides about access in: the store of decisions, and authentication on it. */
import type { Authentication, AuthenticationConfig } from '@plenum/authentication';
import { permissions } from '@plenum/catalogue';
import { type Database, postgresHolds, postgresRateLimiter, postgresServiceDatabase } from '@plenum/postgres';
import type { EventCodec, EventStore, Log, Logger, PersonalParts } from '@plenum/runtime';
import { refuseLostStore } from './lost-store.ts';
import { type OpenDecisions, openDecisions } from './open-decisions.ts';
import type { Foundation } from './open-foundation.ts';

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
  const { masterKeysOf } = await import('@plenum/authentication');
  await using opened = new AsyncDisposableStack();
  const decisions = await openDecisions({ database, log, codec, masterKeys: masterKeysOf(config), logger });
  opened.defer(decisions.close);
  await refuseLostStore(database, log);
  const { store, personal } = decisions;
  const authentication = await authenticationOn({ config, database, store, personal, log, codec, logger });
  opened.defer(authentication.close);
  const parts = opened.move();
  return { authentication, decisions, close: () => parts.disposeAsync() };
};

type OnDatabase = Omit<AccessParts, 'foundation'> & {
  readonly database: Pick<Database, 'url' | 'beside'>;
  readonly store: EventStore;
  readonly personal: PersonalParts | undefined;
  readonly log: Pick<Log, 'append'>;
};

/** Authentication over connections of its own, so that reads and decisions do not keep it waiting. */
const authenticationOn = async ({ database, ...parts }: OnDatabase): Promise<Authentication> => {
  const { logger } = parts;
  await using opened = new AsyncDisposableStack();
  const own = postgresServiceDatabase({ database, applicationName: 'plenum authentication', logger });
  opened.defer(own.close);
  const limiter = await postgresRateLimiter({ pool: own.pool, logger });
  opened.defer(limiter.close);
  const holds = postgresHolds(database);
  opened.defer(holds.close);
  const { openAuthentication } = await import('@plenum/authentication');
  const authentication = await openAuthentication({
    ...{ ...parts, database: own, limiter, holds },
    givable: Object.keys(permissions),
  });
  opened.defer(authentication.close);
  const ports = opened.move();
  return { ...authentication, close: () => ports.disposeAsync() };
};
