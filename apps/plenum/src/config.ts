/** The settings of everything that the one command composes, each declared where it belongs. */

import { filesSettings, logSettings } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { processSettings } from '@plenum/config';
import { exporterSettings } from '@plenum/exporter';
import { bridgeSettings } from '@plenum/mqtt-bridge';
import { projectorSettings } from '@plenum/projector';
import { queryApiSettings } from '@plenum/query-api';
import { reactorSettings } from '@plenum/reactor';

/** What `up` and `demo` need. The parts' own probes are not among it: the API of the same process answers for all. */
export const settings = {
  ...processSettings,
  ...logSettings,
  ...bridgeSettings,
  // Spread one by one because the probes belong to processes of their own.
  PROJECTOR_BATCH_MAX: projectorSettings.PROJECTOR_BATCH_MAX,
  PROJECTOR_INTERVAL: projectorSettings.PROJECTOR_INTERVAL,
  PROJECTOR_POOL_MAX: projectorSettings.PROJECTOR_POOL_MAX,
  POSTGIS: projectorSettings.POSTGIS,
  REACTOR_INTERVAL: reactorSettings.REACTOR_INTERVAL,
  EXPORT_KEEP: exporterSettings.EXPORT_KEEP,
  EXPORT_BYTES_MAX: exporterSettings.EXPORT_BYTES_MAX,
  EXPORT_ROWS_MAX: exporterSettings.EXPORT_ROWS_MAX,
  EXPORTER_TOGETHER: exporterSettings.EXPORTER_TOGETHER,
  ...filesSettings,
  ...authenticationSettings,
  ...queryApiSettings,
};
