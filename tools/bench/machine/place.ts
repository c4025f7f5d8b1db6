/** Where a log or a database of a measurement is, as one process hands it to another. */
import { topics } from '@plenum/catalogue';
import { kafkaLog } from '@plenum/kafka';
import { openPool, postgresLog } from '@plenum/postgres';
import type { Log, Logger } from '@plenum/runtime';

export type LogKind = 'postgres' | 'kafka';

export type LogPlace =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'kafka'; readonly brokers: readonly string[] };

/** Whatever is worth a warning is worth being seen beside the results. */
export const loudLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (fields, message) => process.stderr.write(`warning: ${message} ${JSON.stringify(fields)}\n`),
  error: (fields, message) => process.stderr.write(`error: ${message} ${JSON.stringify(fields)}\n`),
};

export const openLog = async (place: LogPlace): Promise<Log> => {
  if (place.kind === 'kafka')
    return kafkaLog({ brokers: place.brokers, clientId: 'bench', topics, logger: loudLogger });
  const pool = openPool({ url: place.url, applicationName: 'bench log', connectionsMax: 12 });
  const log = await postgresLog({ pool, topics, logger: loudLogger });
  return {
    ...log,
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
};
