/** What the routes about devices take. */
import type { Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { authorizedNodeReads } from './authorization/reads.ts';
import type { AtBroker } from './broker/at-broker.ts';
import type { Provisioning } from './broker/provision.ts';
import { commandReads } from './commands/reads.ts';
import { targetReads } from './commands/target-reads.ts';
import type { NodeKeys } from './nodes/node-keys.ts';
import type { ReadCsv } from './nodes/node-table.ts';
import { enrolmentReads } from './nodes/reads.ts';
import { presenceReads } from './presence/reads.ts';
import { refusedClientReads } from './refusals/reads.ts';

export const readsOf = (sql: Sql) => ({
  authorized: authorizedNodeReads(sql),
  presence: presenceReads(sql),
  enrolments: enrolmentReads(sql),
  refusals: refusedClientReads(sql),
  commands: commandReads(sql),
  targets: targetReads(sql),
});

export type DeviceServices = Services<ReturnType<typeof readsOf>> & {
  readonly nodeKeys: NodeKeys;
  readonly readCsv: ReadCsv;
  /** A broker that keeps rights of nodes as well; `undefined` where there is none. */
  readonly atBroker: AtBroker | undefined;
};

/** What is issued is given to the broker, too, where there is one. */
export const provisioningOf = ({ atBroker, reads }: DeviceServices): Provisioning | undefined =>
  atBroker && { atBroker, reads: reads.authorized };
