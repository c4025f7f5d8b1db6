/** Opens what the commands about users, keys and sessions work on: beside a running Plenum, or alone. */
import { randomUUID } from 'node:crypto';
import { type OpenDecisions, openDecisions, refuseLostStore, withKeptSecrets } from '@plenum/assembly';
import { type Authentication, authenticationSettings, masterKeysOf, openAuthentication } from '@plenum/authentication';
import { readConfig } from '@plenum/config';
import { type Actor, plenumItself } from '@plenum/event';
import { createLogger } from '@plenum/metrics';
import { query } from '@plenum/postgres';
import type { ShowPersonal, Sql } from '@plenum/read-model';
import { showPersonal } from '@plenum/runtime';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';
import type { Foundation } from '../stack/foundation.ts';
import { withExisting } from '../stack/with-existing.ts';

export type Access = {
  readonly authentication: Authentication;
  readonly decisions: OpenDecisions;
  readonly foundation: Foundation;
  readonly sql: Sql;
  /** Who has the machine's master key may see who everybody is. */
  readonly show: ShowPersonal;
};

/**
 * @throws what opening throws: ConfigError when a secret is missing or weak, StoreLost, TransientFailure; what `work` throws. All
 *   is closed again then.
 */
export const withAccess = <T>(
  { log }: { readonly log: LogName | undefined },
  surroundings: Surroundings,
  work: (access: Access) => Promise<T>,
): Promise<T> =>
  withExisting({ log, connectionsMax: 12 }, surroundings, async (foundation) => {
    const { database, codec } = foundation;
    // Not before there are data that these are the secrets of.
    const config = readConfig(authenticationSettings, await withKeptSecrets(surroundings.environment));
    // What they tell is for a server's log. Whoever typed a command is told how it ended.
    const logger = createLogger({ name: 'access', level: 'error', to: 'stderr' });
    await using opened = new AsyncDisposableStack();
    const decisions = await openDecisions({
      ...{ database, log: foundation.log, codec, logger },
      masterKeys: masterKeysOf(config),
    });
    opened.defer(decisions.close);
    await refuseLostStore(database, foundation.log);
    const parts = {
      config,
      database,
      store: decisions.store,
      personal: decisions.personal,
      log: foundation.log,
      codec,
      logger,
    };
    const authentication = await openAuthentication(parts);
    opened.defer(authentication.close);
    const sql: Sql = (text, parameters) => query(database.pool, text, parameters);
    return await work({ authentication, decisions, foundation, sql, show: showPersonal(decisions.personal) });
  });

/** Who asks by these commands: whoever may use the machine's database and its master key. */
export const actor: Actor = plenumItself;

/** One for each time a command is typed, unless somebody says that it is the same as before. */
export const newMetadata = (commandId: string | undefined) => ({ actor, id: commandId ?? randomUUID() });
