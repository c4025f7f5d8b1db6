/** Settings of the exporter: how much it does at a time, how large files may be and how long they are kept. */
import { filesSettings, logSettings } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { durationMs, int, port, processSettings, sizeBytes, text } from '@plenum/config';

export const exporterSettings = {
  EXPORT_KEEP: durationMs({ about: 'How long the file of an export is kept.', fallback: 24 * 3_600_000, min: 1_000 }),
  EXPORT_BYTES_MAX: sizeBytes({ about: 'How large a file may become.', fallback: 50 * 1024 ** 3, min: 1_024 }),
  EXPORT_ROWS_MAX: int({ about: 'How many rows a file may have.', fallback: 1_000_000_000, min: 1 }),
  EXPORTER_TOGETHER: int({ about: 'Exports that one exporter makes at a time.', fallback: 2, min: 1, max: 8 }),
  EXPORTER_POOL_MAX: int({ about: 'Database connections of the exporter, at most.', fallback: 12, min: 8, max: 40 }),
  EXPORTER_PROBES_HOST: text({
    about: 'Where the exporter serves /health/live, /health/ready and /metrics when it runs as a process of its own.',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
  }),
  EXPORTER_PROBES_PORT: port({ about: 'The port of the same.', example: '9105', fallback: 9_105 }),
};

const { PLENUM_MASTER_KEY, PLENUM_MASTER_KEY_PREVIOUS } = authenticationSettings;

/** Everything `main.ts` reads: the above, and the settings of every process. */
export const settings = {
  ...processSettings,
  ...logSettings,
  ...filesSettings,
  ...exporterSettings,
  PLENUM_MASTER_KEY,
  PLENUM_MASTER_KEY_PREVIOUS,
};
