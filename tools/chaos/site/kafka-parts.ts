/** Kafka and the schema registry of a site, each brought back when it was killed, as an init system would. */
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registryOf } from '@plenum/assembly';
import { events } from '@plenum/catalogue';
import { startLocalKafka, startLocalRegistry } from '@plenum/local-kafka';
import { registerSchemas, untilBack } from '@plenum/registry';
import type { Logger } from '@plenum/runtime';
import { signalTo } from './processes.ts';

/** A part whose program is not ours: something that can be killed and frozen, and is started again. */
export type OutsidePart = {
  readonly name: string;
  pid(): number | undefined;
  /** SIGKILL; it is started again. Settles when it serves again: how long it takes is its own affair. */
  kill(): Promise<void>;
  freeze(): Promise<void>;
  wake(): void;
};

export type KafkaParts = {
  readonly broker: OutsidePart;
  readonly registry: OutsidePart;
  /** What programs have to be given. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

const restartAfterMs = 100;

/** @throws LocalKafkaUnavailable, saying what is missing on this machine. */
export const startKafkaParts = async (directory: string, logger: Logger): Promise<KafkaParts> => {
  await using opened = new AsyncDisposableStack();
  const kafka = await startLocalKafka({ dataDir: path.join(directory, 'kafka'), logger });
  opened.defer(() => kafka.stop());
  const registryDir = path.join(directory, 'registry');
  let registry = await startLocalRegistry({ dataDir: registryDir, logger });
  opened.defer(() => registry.stop());
  const { url } = registry;
  const client = await registryOf({
    SCHEMA_REGISTRY_URL: url,
    SCHEMA_REGISTRY_USERNAME: undefined,
    SCHEMA_REGISTRY_PASSWORD: undefined,
  });
  if (client === undefined) throw new Error('there is a registry, and no way to ask it');
  await untilBack(() => registerSchemas(client, events), { logger, stop: new AbortController().signal });

  const node = 1;
  const broker: OutsidePart = {
    name: 'the Kafka broker',
    pid: () => kafka.pids().get(node),
    kill: async () => {
      await kafka.kill(node);
      await sleep(restartAfterMs);
      await kafka.start(node);
      await untilOpen(Number(kafka.brokers[0]?.split(':')[1]));
    },
    freeze: () => kafka.freeze(node),
    wake: () => kafka.wake(node),
  };
  const port = Number(new URL(url).port);
  const schemas: OutsidePart = {
    name: 'the schema registry',
    pid: () => registry.pid,
    kill: async () => {
      signalTo(registry.pid, 'SIGKILL');
      await sleep(restartAfterMs);
      registry = await startLocalRegistry({ dataDir: registryDir, logger, port });
    },
    freeze: () => registry.freeze(),
    wake: () => registry.wake(),
  };
  const parts = opened.move();
  return {
    broker,
    registry: schemas,
    environment: { LOG: 'kafka', KAFKA_BROKERS: kafka.brokers.join(','), SCHEMA_REGISTRY_URL: url },
    stop: () => parts.disposeAsync(),
  };
};

const lookEveryMs = 50;

/** Settles when somebody listens on the port. */
const untilOpen = async (port: number): Promise<void> => {
  const isOpen = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  while (!(await isOpen())) await sleep(lookEveryMs);
};
