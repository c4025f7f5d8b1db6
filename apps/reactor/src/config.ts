/** Settings of the reactor: how many connections, and where it answers probes. */
import { logSettings } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { durationMs, int, port, processSettings, text } from '@plenum/config';

export const reactorSettings = {
  REACTOR_POOL_MAX: int({ about: 'Database connections of the reactor, at most.', fallback: 8, min: 4, max: 20 }),
  REACTOR_INTERVAL: durationMs({
    about: 'CPU or latency: a reaction answers what has come at least so far apart, unless 500 records wait.',
    fallback: 25,
    min: 0,
    max: 1_000,
  }),
  REACTOR_PROBES_HOST: text({
    about: 'Where the reactor serves /health/live, /health/ready and /metrics when it runs as a process of its own.',
    example: '0.0.0.0',
    fallback: '127.0.0.1',
  }),
  REACTOR_PROBES_PORT: port({ about: 'The port of the same.', example: '9104', fallback: 9_104 }),
};

const { PLENUM_MASTER_KEY, PLENUM_MASTER_KEY_PREVIOUS } = authenticationSettings;

/** Everything `main.ts` reads: the above, and the settings of every process. */
export const settings = {
  ...processSettings,
  ...logSettings,
  ...reactorSettings,
  PLENUM_MASTER_KEY,
  PLENUM_MASTER_KEY_PREVIOUS,
};
