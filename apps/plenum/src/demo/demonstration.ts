/** What both kinds of demo do: open everything, hand it over, and close it again whatever happens. */
import type { Config } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import type { Logger } from '@plenum/runtime';
import type { Shares } from '@plenum/simulation';
import type { Surroundings } from '../command-line/command.ts';
import type { settings } from '../config.ts';
import { duringStack } from '../stack/during-stack.ts';
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

/** What a demonstration works with. `stop` also aborts when a part cannot go on. */
export type Running = { readonly stack: Stack; readonly foundation: Foundation; readonly stop: AbortSignal };

/** @throws what a part failed with, once `work` has ended; what `work` throws. Nothing is left running. */
export const withStack = async <T>(
  { config, wantsJsonLines, surroundings: { stop } }: Demonstration,
  print: (text: string) => void,
  work: (running: Running) => Promise<T>,
): Promise<T> => {
  const logger: Logger = wantsJsonLines
    ? createLogger({ name: 'plenum', level: config.LOG_LEVEL, to: 'stderr' })
    : toldLogger(print);
  const connectionsMax = connectionsOfDemo;
  const foundation = await openFoundation({ applicationName: 'plenum demo', config, connectionsMax, logger, stop });
  try {
    const metrics = metricsRegistry();
    // Simulated nodes write times without a zone in UTC, whatever real ones at this site do.
    const adapted = { ...config, DEVICE_TIME_ZONE: 'UTC' };
    const options = { foundation, config: adapted, logger, metrics, whenPortTaken: 'take-another', stop } as const;
    return await duringStack(await startStack(options), stop, (stack, anyStop) =>
      work({ stack, foundation, stop: anyStop }),
    );
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
