import type { TestContext } from 'node:test';
import { type IngestLimits, ingest, systemTimer, type Timer, type Translator } from '@plenum/runtime';
import {
  type ControlledLog,
  controlledLog,
  memorySessions,
  plainCodec,
  plainTranslator,
  silentLogger,
} from '@plenum/runtime/testing';
import { type MqttListener, type MqttListenerParts, mqttListener } from '../listener/mqtt-listener.ts';
import type { ListenerLimits } from '../server/limits.ts';

export type TestListener = MqttListener & {
  readonly log: ControlledLog;
  readonly ingest: ReturnType<typeof ingest>;
  readonly port: number;
};

type Options = {
  readonly limits?: Partial<ListenerLimits>;
  readonly ingestLimits?: Partial<IngestLimits>;
  readonly parts?: Partial<MqttListenerParts>;
  /** What messages mean; texts unless given. */
  readonly translator?: Translator;
  /** Of the ingest loop, and so of how long messages are held. */
  readonly timer?: Timer;
};

/** Of appends, unless given: short, because tests wait for answers one after another. */
export const intervalMs = 20;

/** The same, closed when the test ends. */
export const opened = async (t: TestContext, options: Options = {}): Promise<TestListener> => {
  const listener = await testListener(options);
  t.after(() => {
    listener.log.heal();
    listener.log.release();
    return listener.close();
  });
  return listener;
};

/** A listener on a free port of this machine, before a log that does what the test asks. */
export const testListener = async (options: Options = {}): Promise<TestListener> => {
  const { limits = {}, ingestLimits = {}, parts = {}, timer = systemTimer, translator = plainTranslator } = options;
  const log = controlledLog();
  const meant = { codec: plainCodec, translator };
  const loop = ingest({ log, ...meant, logger: silentLogger, limits: { intervalMs, ...ingestLimits }, timer });
  let ids = 0;
  const listener = await mqttListener({
    sessions: memorySessions().open(),
    newId: () => `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`,
    tcp: { host: '127.0.0.1', port: 0 },
    ingest: loop,
    clock: { nowUs: () => Date.now() * 1000 },
    logger: silentLogger,
    limits,
    ...parts,
  });
  return { ...listener, log, ingest: loop, port: listener.tcp?.port ?? 0 };
};
