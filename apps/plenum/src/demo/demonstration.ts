/** What both kinds of demo do: open everything, hand it over, and close it again whatever happens. */
import type { Config } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import type { Logger } from '@plenum/runtime';
import type { Shares } from '@plenum/simulation';
import type { Surroundings } from '../command-line/command.ts';
import type { settings } from '../config.ts';
import { type Foundation, openFoundation } from '../stack/foundation.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { toldLogger } from './told-logger.ts';

export type Demonstration = {
  readonly json: boolean;
  readonly nodes: number;
  readonly seed: number;
  readonly rate: number;
  readonly messages: number;
  readonly shares: Shares;
  readonly config: Config<typeof settings>;
  readonly wantsJsonLines: boolean;
  readonly surroundings: Surroundings;
};

/** Messages a simulated node may have in flight. */
export const windowMax = 16;

export const withStack = async <T>(
  { config, wantsJsonLines, surroundings: { stop } }: Demonstration,
  print: (text: string) => void,
  work: (stack: Stack, foundation: Foundation) => Promise<T>,
): Promise<T> => {
  const logger: Logger = wantsJsonLines
    ? createLogger({ name: 'plenum', level: config.LOG_LEVEL, to: 'stderr' })
    : toldLogger(print);
  const connectionsMax = connectionsOfDemo;
  const foundation = await openFoundation({ applicationName: 'plenum demo', config, connectionsMax, logger, stop });
  try {
    const metrics = metricsRegistry();
    const stack = await startStack({ foundation, config, logger, metrics, whenPortTaken: 'take-another', stop });
    try {
      return await Promise.race([work(stack, foundation), stack.failed]);
    } finally {
      await stack.stop();
    }
  } finally {
    await foundation.close();
  }
};

/** Log and projector: one for each partition that is being projected, and a few. The API has a pool of its own. */
const connectionsOfDemo = 20;

/** Which ports are other than usual, in words. */
export const portNotes = (
  { apiUrl, mqttUrl, webSocketUrl }: Stack,
  config: Config<typeof settings>,
): readonly string[] => {
  const note = (what: string, url: string | undefined, usual: number): readonly string[] =>
    url === undefined || usual === 0 || new URL(url).port === String(usual)
      ? []
      : [`  port ${usual} is taken, so ${what} is at ${new URL(url).port}`];
  return [
    ...note('MQTT', mqttUrl, config.MQTT_PORT),
    ...note('MQTT over WebSocket', webSocketUrl, config.MQTT_WS_PORT),
    ...note('the API', apiUrl, config.PORT),
  ];
};
