import type { Config } from '@plenum/config';
import { removeEmbedded } from '@plenum/embedded-postgres';
import { kafkaStatus } from '@plenum/local-kafka';
import { UsageError } from '../command-line/command.ts';
import { localKafkaDirectory } from '../kafka/local-kafka-directory.ts';
import type { toolSettings } from '../tool-settings.ts';
import { terminalLogger } from './terminal-logger.ts';

/** @throws when somebody uses the data, or they are in a database or a Kafka that is not ours to empty. */
export const removeOldData = async (config: Config<typeof toolSettings>): Promise<void> => {
  const { DATABASE_URL, PLENUM_DATA_DIR, LOG, KAFKA_BROKERS } = config;
  if (DATABASE_URL !== undefined) {
    throw new UsageError(
      '--fresh only empties the embedded database, and DATABASE_URL is set: empty that one yourself',
    );
  }
  if (LOG === 'kafka' && KAFKA_BROKERS !== undefined) {
    throw new UsageError(
      '--fresh only empties a Kafka of this machine, and KAFKA_BROKERS is set: empty that one yourself',
    );
  }
  const logger = terminalLogger(() => undefined);
  const dataDir = localKafkaDirectory(config);
  if ((await kafkaStatus({ dataDir, logger })).state !== 'down') {
    throw new Error(`a Kafka runs on ${dataDir}: npm run plenum -- kafka down`);
  }
  // What runs there besides belongs to a plenum that has the whole directory.
  if (!(await removeEmbedded(PLENUM_DATA_DIR, logger))) {
    throw new Error(`${PLENUM_DATA_DIR} is in use by another plenum: stop that one first`);
  }
};
