import type pg from 'pg';

/**
 * The schemas that hold a log each: `plenum_log` is the event log; `plenum_store` is what decisions wait in until they are
 * in the event log. Locks and notifications carry the name too, so that one never wakes or waits for the other.
 */
export type LogSchema = 'plenum_log' | 'plenum_store';

export type LogDatabase = { readonly pool: pg.Pool; readonly schema: LogSchema };
