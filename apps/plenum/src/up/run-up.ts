import { once } from 'node:events';
import { withKeptSecrets } from '@plenum/assembly';
import { readConfig } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import { tellFirstAdministrator } from '@plenum/query-api';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName, MqttMode } from '../command-line/stack-options.ts';
import { settings } from '../config.ts';
import { withLocalKafka } from '../kafka/local-kafka.ts';
import { duringStack } from '../stack/during-stack.ts';
import { openFoundation } from '../stack/foundation.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';

type Asked = { readonly log: LogName | undefined; readonly mqtt: MqttMode | undefined };

/** Runs everything until it is asked to stop, and answers the exit code. */
export const runUp = async ({ log, mqtt }: Asked, { environment, out, stop }: Surroundings): Promise<number> => {
  const read = readConfig(settings, await withKeptSecrets(environment));
  const logger = createLogger({ name: 'plenum', level: read.LOG_LEVEL, to: 'stderr' });
  const local = await withLocalKafka({
    config: { ...read, LOG: log ?? read.LOG, MQTT_MODE: mqtt ?? read.MQTT_MODE },
    registers: 'here',
    say: (text) => logger.info({}, text),
    ...{ logger, stop },
  });
  try {
    const { config } = local;
    const connectionsMax = config.PROJECTOR_POOL_MAX + connectionsOfLog;
    const foundation = await openFoundation({ applicationName: 'plenum', config, connectionsMax, logger, stop });
    try {
      const metrics = metricsRegistry();
      const stack = await startStack({ foundation, config, logger, metrics, whenPortTaken: 'fail', stop });
      await duringStack(stack, stop, async ({ mqttUrl, apiUrl, authentication }, anyStop) => {
        await tellFirstAdministrator(authentication, out);
        await out(upText({ mqttUrl, apiUrl }, config));
        if (!anyStop.aborted) await once(anyStop, 'abort');
      });
    } finally {
      await foundation.close();
    }
  } finally {
    await local.stop();
  }
  await out('Plenum has stopped; everything acknowledged is in the log.\n');
  return 0;
};

/** That the API can be called on this machine is not all: the user who started it should know who else can. */
export const upText = (
  { mqttUrl, apiUrl }: Pick<Stack, 'mqttUrl' | 'apiUrl'>,
  { HTTP_HOST }: { readonly HTTP_HOST: string },
): string =>
  `Plenum is up: MQTT at ${mqttUrl}, API at ${apiUrl}\n${
    HTTP_HOST === '0.0.0.0' || HTTP_HOST === '::'
      ? 'The API listens on all addresses of this machine, in plain HTTP; HTTP_HOST=127.0.0.1 keeps it to this machine.\n'
      : ''
  }`;

/** Of the log, and of the decisions that go into it. */
const connectionsOfLog = 8;
