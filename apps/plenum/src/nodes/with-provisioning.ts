/** For commands that issue what nodes sign in with: the broker that is given it, too, where the settings name one. */
import { brokerSettings, openAtBroker } from '@plenum/assembly';
import { readConfig } from '@plenum/config';
import { authorizedNodeReads, type NotProvisioned, type Provisioning } from '@plenum/device';
import { type NotDone, type Receipt, refused } from '@plenum/event';
import { createLogger } from '@plenum/metrics';
import type { Sql } from '@plenum/read-model';
import type { Surroundings } from '../command-line/command.ts';

/** @throws ConfigError when the settings do not fit together; what `work` throws. */
export const withProvisioning = async <T>(
  sql: Sql,
  { environment }: Pick<Surroundings, 'environment'>,
  work: (provisioning: Provisioning | undefined) => Promise<T>,
): Promise<T> => {
  const config = readConfig(brokerSettings, environment);
  // A command says itself how it ended.
  const logger = createLogger({ name: 'nodes', level: 'error', to: 'stderr' });
  const broker = await openAtBroker({ config, logger });
  if (broker === undefined) return work(undefined);
  try {
    return await work({ atBroker: broker.atBroker, reads: authorizedNodeReads(sql) });
  } finally {
    await broker.close();
  }
};

/** As the end of a command. */
export const orRefused = <Done extends Receipt | NotDone>(done: Done | NotProvisioned): Done | NotDone =>
  done.outcome === 'not-provisioned' ? refused('not-now', done.reason) : done;
