/** Opens what the commands about users, keys and sessions work on: beside a running Plenum, or alone. */
import { randomUUID } from 'node:crypto';
import { type OpenDecisions, openAccess, withKeptSecrets } from '@plenum/assembly';
import { type Authentication, authenticationSettings } from '@plenum/authentication';
import { readConfig } from '@plenum/config';
import { type Actor, plenumItself } from '@plenum/event';
import { createLogger } from '@plenum/metrics';
import { sqlOf } from '@plenum/postgres';
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
    // What they log is for a server's log. A command says itself how it ended.
    const logger = createLogger({ name: 'access', level: 'error', to: 'stderr' });
    await using opened = new AsyncDisposableStack();
    const { authentication, decisions, close } = await openAccess({ foundation, codec, config, logger });
    opened.defer(close);
    const sql = sqlOf(database.pool);
    return await work({ authentication, decisions, foundation, sql, show: showPersonal(decisions.personal) });
  });

/** Who gives these commands: anyone who may use the machine's database and its master key. */
export const actor: Actor = plenumItself;

/** One for each time a command is typed, unless somebody says that it is the same as before. */
export const newMetadata = (commandId: string | undefined) => ({ actor, id: commandId ?? randomUUID() });
