/** What the routes of the quarantine take. */
import type { Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { quarantineReads } from './reads.ts';

export const readsOf = (sql: Sql) => ({ quarantine: quarantineReads(sql) });

export type QuarantineServices = Services<ReturnType<typeof readsOf>>;
