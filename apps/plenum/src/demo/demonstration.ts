/** What both kinds of demo do: open everything, hand it over, and close it again whatever happens. */
import type { Config } from '@plenum/config';
import { startLocalMosquitto } from '@plenum/local-mosquitto';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import { tellFirstAdministrator } from '@plenum/query-api';
import type { Logger } from '@plenum/runtime';
import type { Shares } from '@plenum/simulation';
import type { Surroundings } from '../command-line/command.ts';
import type { settings } from '../config.ts';
import { withLocalKafka } from '../kafka/local-kafka.ts';
import { duringStack } from '../stack/during-stack.ts';
import { type Foundation, openFoundation } from '../stack/foundation.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { type DemoKey, withDemoKey } from './demo-key.ts';
import { type Standing, standing } from './run-balance.ts';
import { terminalLogger } from './terminal-logger.ts';

export type Demonstration = {
  readonly json: boolean;
  readonly nodes: number;
  readonly seed: number;
  readonly rate: number;
  readonly messages: number;
  /** To a node each, before the messages. */
  readonly commands: number;
  readonly shares: Shares;
  readonly config: Config<typeof settings>;
  readonly wantsJsonLines: boolean;
  readonly surroundings: Surroundings;
};

/** Messages a simulated node may have in flight. */
export const windowMax = 16;

/** What a demonstration works with. `stop` also aborts when a part cannot go on. */
export type Running = {
  readonly stack: Stack;
  readonly foundation: Foundation;
  /** How things stood before the first message. */
  readonly before: Standing;
  /** What its requests, and those of the user who watches it, are let in with. */
  readonly key: DemoKey;
  readonly stop: AbortSignal;
};

/**
 * Where its lines go: `print` takes whole ones, `say` half a sentence about what takes a while, `confide` what is shown
 * once.
 */
export type Voice = {
  readonly print: (text: string) => void;
  readonly say: (text: string) => void;
  readonly confide: (text: string) => Promise<void>;
};

/** @throws what a part failed with, once `work` has ended; what `work` throws. Nothing is left running. */
export const withStack = async <T>(
  demonstration: Demonstration,
  { print, say, confide }: Voice,
  work: (running: Running) => Promise<T>,
): Promise<T> => {
  const { wantsJsonLines, surroundings } = demonstration;
  const { stop } = surroundings;
  const logger: Logger = wantsJsonLines
    ? createLogger({ name: 'plenum', level: demonstration.config.LOG_LEVEL, to: 'stderr' })
    : terminalLogger(print);
  // Closed in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const brokered = await withLocalBroker(demonstration, { say, logger });
  opened.defer(brokered.stop);
  const local = await withLocalKafka({ config: brokered.config, registers: 'always', say, logger, stop });
  opened.defer(local.stop);
  const { config } = local;
  const connectionsMax = connectionsOfDemo;
  const foundation = await openFoundation({ applicationName: 'plenum demo', config, connectionsMax, logger, stop });
  opened.defer(foundation.close);
  let before: Standing | undefined;
  const stack = await startStack({
    ...{ foundation, config, logger, metrics: metricsRegistry(), whenPortTaken: 'take-another', stop },
    // An earlier run may have been killed: what it left for the projector is not this one's.
    beforeMqtt: async (caughtUp) => {
      await withinTime(catchUpMs, stop, caughtUp, 'the read models did not take what an earlier run has left');
      before = await standing(foundation);
    },
  });
  return await duringStack(stack, stop, async (_, anyStop) => {
    await withinTime(sessionMs, anyStop, stack.sessionOpen, `there is no session with the broker at ${stack.mqttUrl}`);
    if (before === undefined) throw new Error('nobody looked how things stood');
    const begun = { stack, foundation, before, stop: anyStop };
    await tellFirstAdministrator(stack.authentication, confide);
    return withDemoKey(stack.authentication, (key) => work({ ...begun, key }));
  });
};

/** Whether anybody may be let in at the MQTT port: a broker in between has rules of its own. */
export const isOpen = ({ config }: Pick<Demonstration, 'config'>): boolean =>
  config.MQTT_MODE === 'connect' || config.MQTT_ANONYMOUS === true;

/** How long the read models may take for what they have not yet. */
export const catchUpMs = 60_000;
const sessionMs = 30_000;

/** @throws an error that begins with `late` when it takes longer; the reason of `stop`. */
export const withinTime = async (
  timeoutMs: number,
  stop: AbortSignal,
  work: (giveUp: AbortSignal) => Promise<void>,
  late: string,
): Promise<void> => {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    await work(AbortSignal.any([stop, limit]));
  } catch (error) {
    if (error !== limit.reason) throw error;
    throw new Error(`${late} within ${timeoutMs / 1000} s`, { cause: error });
  }
};

type Brokered = { readonly config: Demonstration['config']; stop(): Promise<void> };

/** A Mosquitto of this machine where messages come from a broker and nobody says from which. */
const withLocalBroker = async (
  { config, surroundings }: Demonstration,
  { say, logger }: Pick<Voice, 'say'> & { readonly logger: Logger },
): Promise<Brokered> => {
  if (config.MQTT_MODE !== 'connect' || config.MQTT_URL !== undefined) return { config, stop: async () => undefined };
  const mosquitto = await startLocalMosquitto(surroundings.environment.PATH);
  say(`MQTT_URL is not set: a Mosquitto of this machine, at ${mosquitto.url}`);
  let wanted = true;
  void mosquitto.ended.then((said) => {
    if (wanted) logger.error({ said }, 'Mosquitto ended by itself');
  });
  const stop = (): Promise<void> => {
    wanted = false;
    return mosquitto.stop();
  };
  return { config: { ...config, MQTT_URL: mosquitto.url }, stop };
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
    ...(config.MQTT_MODE === 'connect' ? [] : note('MQTT', mqttUrl, config.MQTT_PORT)),
    ...note('MQTT over WebSocket', webSocketUrl, config.MQTT_WS_PORT),
    ...note('the API', apiUrl, config.PORT),
  ];
};
