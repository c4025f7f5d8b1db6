/**
 * How soon autovacuum comes to a table, as storage parameters. By default it comes to a young one every minute: 50 rows and a tenth of
 * it are soon changed. Partitions have none of their table's, so they are said of each.
 */

/**
 * Of few rows that are changed all the time. What reads or changes one clears away the dead ones of its page, which leaves nothing to
 * vacuum; and what statistics say of so few rows changes no plan.
 */
export const changedAllTheTime = {
  autovacuum_vacuum_scale_factor: 0,
  autovacuum_vacuum_threshold: 1_000,
  autovacuum_analyze_threshold: 1_000_000,
};

/** Of rows that are only added. They are read by the key or by an index, for which nothing has to be known of a small table. */
export const onlyAddedTo = { autovacuum_vacuum_insert_threshold: 50_000, autovacuum_analyze_threshold: 50_000 };

/** Of as many rows as there are things, each changed whenever something is heard of it. */
export const rowPerThing = {
  fillfactor: 70,
  autovacuum_vacuum_threshold: 5_000,
  autovacuum_vacuum_insert_threshold: 50_000,
  autovacuum_analyze_threshold: 50_000,
};

export type Storage = Readonly<Record<string, number>>;

/** As `pg_class.reloptions` has it. */
export const listedStorage = (storage: Storage): readonly string[] =>
  Object.entries(storage).map(([name, value]) => `${name}=${value}`);

/** For `with (…)` and `set (…)`. */
export const storageSql = (storage: Storage): string => listedStorage(storage).join(', ');
