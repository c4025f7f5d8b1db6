/** Opens admission over the parts that an app has opened: the store of decisions, the log and the codec. */
import type { Clock, EventCodec, EventStore, Log, Logger, Random, Timer } from '@plenum/runtime';
import type { Admission } from './admission.ts';
import type { AdmissionConfig } from './settings.ts';

export type AdmissionParts = {
  readonly config: AdmissionConfig;
  /** The database with the store's tables. Admission opens a small pool of its own, whose questions end in time. */
  readonly databaseUrl: string;
  /** Of `openDecisions`; closed after admission. */
  readonly store: EventStore;
  /** Takes security events. */
  readonly log: Pick<Log, 'append'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
  /** Those of the system, unless a test turns its own. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly timer?: Timer;
};

/**
 * Makes the tables of the guards where they are missing, and begins to listen for changes.
 * @throws ConfigError when settings do not go together; Weather when the database is away; an error when its tables are
 *   newer than this program.
 */
export type OpenAdmission = (parts: AdmissionParts) => Promise<Admission>;
