import type { Logger } from '@plenum/runtime';
import type { AssemblyConfig } from './settings.ts';

/** What a process says to open the log and the database that it stands on. */
export type FoundationSettings = {
  /** Shown in `pg_stat_activity`, and to Kafka. */
  readonly applicationName: string;
  readonly config: AssemblyConfig;
  /** Of the database's pool. */
  readonly connectionsMax: number;
  readonly logger: Logger;
  /** Ends the waiting. What is open is closed with `close`. */
  readonly stop: AbortSignal;
};
