/** Settings of the projector: how much it takes at once, how many connections, and where it answers probes. */
import { logSettings } from '@plenum/assembly';
import { choice, durationMs, int, port, processSettings, text } from '@plenum/config';

export const projectorSettings = {
  PROJECTOR_BATCH_MAX: int({
    about:
      'Records of one partition that one transaction brings into a read model, at most; and beyond which no other partition joins in.',
    fallback: 1_000,
    min: 1,
    max: 10_000,
  }),
  PROJECTOR_INTERVAL: durationMs({
    about:
      'CPU or latency: transactions of one read model begin at least so far apart, unless that many records wait. It matters where several bridges append in turn; behind a single one INGEST_INTERVAL is what counts.',
    fallback: 25,
    min: 0,
    max: 1_000,
  }),
  PROJECTOR_POOL_MAX: int({ about: 'Database connections of the projector, at most.', fallback: 12, min: 4, max: 20 }),
  POSTGIS: choice(['auto', 'require', 'off'], {
    about:
      'Whether geometry in read models is kept as PostGIS has it. `auto`: where the database has PostGIS, or lets Plenum create it.',
    fallback: 'auto',
  }),
  PROJECTOR_PROBES_HOST: text({
    about: 'Where the projector serves /health/live, /health/ready and /metrics when it runs as a process of its own.',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
  }),
  PROJECTOR_PROBES_PORT: port({ about: 'The port of the same.', example: '9102', fallback: 9_102 }),
};

/** Everything `main.ts` reads: the above, and the settings of every process. */
export const settings = { ...processSettings, ...logSettings, ...projectorSettings };
