import type { Shares } from '@plenum/simulation';
import { UsageError } from '../command-line/command.ts';
import { share, type Values, whole } from '../command-line/options.ts';

/** Options of whatever simulates devices. */
export const trafficOptions = {
  nodes: whole({ about: 'Nodes, each with nine sensors and an MQTT connection of its own.', fallback: 200, min: 1 }),
  malformed: share({ about: 'Of all messages, those that nobody can understand.', fallback: 0.01 }),
  redelivered: share({ about: 'Readings sent again with the same bytes.', fallback: 0.02 }),
  late: share({ about: 'Readings measured ten minutes ago.', fallback: 0.01 }),
  reordered: share({ about: 'Readings measured before the one their sensor sent before them.', fallback: 0 }),
  seed: whole({ about: 'The same seed makes the same traffic, but for its times.', fallback: 1 }),
};

/** @throws {UsageError} when they are more than all messages together. */
export const sharesOf = (values: Values<typeof trafficOptions>): Shares => {
  const { malformed, redelivered, late, reordered } = values;
  if (malformed + redelivered + late + reordered > 1) {
    throw new UsageError('--malformed, --redelivered, --late and --reordered are more than 1 together');
  }
  return { malformed, again: redelivered, late, reordered };
};
