import type { InlineProjection } from '@plenum/read-model';
import type pg from 'pg';
import { migrate } from '../log/migrate-log.ts';

/**
 * Brings the tables of an inline projection to this program's version. Safe from several processes at once.
 * @throws TransientFailure; an error when they are newer than this program knows.
 */
export const migrateInline = (pool: pg.Pool, { schema, steps }: Omit<InlineProjection, 'statements'>): Promise<void> =>
  migrate({ pool, schema }, { versions: 'inline_version', steps });
