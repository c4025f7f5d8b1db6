/** The exporter in a process that does other things, too. */
import { randomBytes } from 'node:crypto';
import type { OpenDecisions } from '@plenum/assembly';
import { exports as kinds } from '@plenum/catalogue';
import type { Config } from '@plenum/config';
import { writers } from '@plenum/export-formats';
import { decideIn, exporterCounts, type exporterSettings, exportWorkIn, runExporter } from '@plenum/exporter';
import { listenTo, openPool, postgresSnapshotStore, sqlOf } from '@plenum/postgres';
import type { Files, Logger } from '@plenum/runtime';
import type { Foundation } from './foundation.ts';

export type ExporterPart = {
  readonly foundation: Pick<Foundation, 'log' | 'codec' | 'database'>;
  readonly decisions: Pick<OpenDecisions, 'store' | 'personal'>;
  readonly files: Files;
  readonly config: Pick<Config<typeof exporterSettings>, 'EXPORT_KEEP' | 'EXPORT_BYTES_MAX' | 'EXPORT_ROWS_MAX'>;
  readonly logger: Logger;
  /** Exports at a time. */
  readonly together: number;
};

export const exporterPart = ({ foundation, decisions, files, config, logger, together }: ExporterPart) => {
  const { log, codec, database } = foundation;
  const { store, personal } = decisions;
  const counts = exporterCounts();
  const clock = { nowUs: () => Date.now() * 1_000 };
  return {
    counts,
    /** Runs until `stop` aborts and what is at hand is given back. */
    run: async (stop: AbortSignal): Promise<void> => {
      // Of its own: an export holds a connection for as long as it lasts, and nobody is to wait for that.
      const pool = openPool({
        ...{ url: database.url, applicationName: 'plenum exporter' },
        connectionsMax: database.beside(3 + 2 * together),
      });
      try {
        await runExporter(
          {
            ...{ log, codec, files, kinds, clock, logger, counts, together, ...writers },
            decide: decideIn({ store, personal, clock, random: { bytes16: () => randomBytes(16) } }),
            ...{ work: exportWorkIn(sqlOf(pool)), snapshots: postgresSnapshotStore({ pool }) },
            listen: (channel) => listenTo({ ...channel, pool, logger }),
            ...{ bytesMax: config.EXPORT_BYTES_MAX, rowsMax: config.EXPORT_ROWS_MAX, keepMs: config.EXPORT_KEEP },
          },
          stop,
        );
      } finally {
        await pool.end();
      }
    },
  };
};
