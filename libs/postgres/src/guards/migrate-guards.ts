/** The tables that guard the doors, as `libs/access` declares them. */
import { guardSchema, guardSteps } from '@plenum/access';
import type pg from 'pg';
import { migrate } from '../log/migrate-log.ts';

/**
 * Brings the guards' tables to this program's version. Safe from several processes at once.
 * @throws TransientFailure; an error when they are newer than this program knows.
 */
export const migrateGuards = (pool: pg.Pool): Promise<void> =>
  migrate({ pool, schema: guardSchema }, { versions: 'guard_version', steps: guardSteps });
