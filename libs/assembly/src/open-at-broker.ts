/** The rights of nodes at the broker of the settings, over a connection that is opened when it is first needed and made anew when it is lost. */
import { randomUUID } from 'node:crypto';
import { type Config, ConfigError } from '@plenum/config';
import type { AtBroker } from '@plenum/device';
import type { DynamicSecurity } from '@plenum/mqtt';
import { type Logger, TransientFailure } from '@plenum/runtime';
import { type AtBrokerLimits, atBroker } from './at-broker.ts';
import type { brokerSettings } from './broker-settings.ts';
import { brokerTls } from './broker-tls.ts';

export type AtBrokerConfig = Config<typeof brokerSettings>;

export type OpenAtBroker = {
  readonly atBroker: AtBroker;
  close(): Promise<void>;
};

export type AtBrokerParts = {
  readonly config: AtBrokerConfig;
  readonly logger: Logger;
  /** For each step: to connect, and for each answer. */
  readonly timeoutMs?: number;
  readonly limits?: AtBrokerLimits;
};

/**
 * `undefined` where nobody is to administer a broker. A broker that is away, or refuses the user, fails each call with a
 * TransientFailure, and only that.
 * @throws ConfigError when the settings do not fit together.
 */
export const openAtBroker = async (parts: AtBrokerParts): Promise<OpenAtBroker | undefined> => {
  const { config, logger, timeoutMs = 5_000, limits } = parts;
  const { MQTT_URL: address, MQTT_DYNSEC_USERNAME: username, MQTT_DYNSEC_PASSWORD: password } = config;
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined) throw missing('MQTT_DYNSEC_USERNAME', 'MQTT_DYNSEC_PASSWORD is its password.');
  if (password === undefined) throw missing('MQTT_DYNSEC_PASSWORD', 'MQTT_DYNSEC_USERNAME needs it.');
  if (address === undefined) throw missing('MQTT_URL', 'MQTT_DYNSEC_USERNAME is a user of that broker.');
  // Loaded here alone: most processes speak with no broker.
  const { brokerUrl, dynamicSecurity } = await import('@plenum/mqtt');
  const url = urlOf(address, brokerUrl);
  const tls = await brokerTls(config);
  const credentials = { username, password };
  const connect = (): Promise<DynamicSecurity> =>
    dynamicSecurity({ url, tls, credentials, timeoutMs, clientId: `plenum-rights-${randomUUID()}` });
  const kept = keptConnection(connect);
  let isAway = false;
  const run: DynamicSecurity['run'] = async (commands) => {
    try {
      const answers = await (await kept.open()).run(commands);
      if (isAway) logger.info({}, 'the rights of nodes at the broker can be reached again');
      isAway = false;
      return answers;
    } catch (error) {
      await kept.drop();
      const reason = error instanceof Error ? error.message : String(error);
      if (!isAway) logger.warn({ reason }, 'the rights of nodes at the broker cannot be reached');
      isAway = true;
      throw new TransientFailure('broker-away', reason, { cause: error });
    }
  };
  return { atBroker: atBroker({ run }, limits), close: kept.drop };
};

const missing = (name: string, why: string): ConfigError => new ConfigError([{ name, problem: `is missing: ${why}` }]);

const urlOf = <Url>(text: string, read: (text: string) => Url): Url => {
  try {
    return read(text);
  } catch (error) {
    throw new ConfigError([{ name: 'MQTT_URL', problem: `${(error as Error).message}.` }]);
  }
};

const keptConnection = (connect: () => Promise<DynamicSecurity>) => {
  let kept: Promise<DynamicSecurity> | undefined;
  const drop = async (): Promise<void> => {
    const dropped = kept;
    kept = undefined;
    await dropped?.then(
      ({ close }) => close(),
      () => undefined, // It was never there.
    );
  };
  return {
    open: async (): Promise<DynamicSecurity> => {
      if (kept !== undefined && !(await kept).isOpen()) await drop();
      kept ??= connect();
      return kept;
    },
    drop,
  };
};
