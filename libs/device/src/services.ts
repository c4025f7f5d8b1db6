/** What the routes about devices take. */
import type { Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { presenceReads } from './presence/reads.ts';

export const readsOf = (sql: Sql) => ({ presence: presenceReads(sql) });

export type DeviceServices = Services<ReturnType<typeof readsOf>>;
