/** An MQTT connector before a log that does what the test asks. */

import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type IngestLimits, ingest, type Leases, leases, type Translator } from '@plenum/runtime';
import {
  type ControlledLog,
  controlledLog,
  type MemoryLeaseTable,
  memoryLeaseTable,
  plainCodec,
  plainTranslator,
  silentLogger,
} from '@plenum/runtime/testing';
import {
  type ConnectorState,
  type MqttConnector,
  type MqttConnectorParts,
  mqttConnector,
} from '../connector/mqtt-connector.ts';
import { intervalMs } from './listener-under-test.ts';

export type TestConnector = MqttConnector & {
  readonly log: ControlledLog;
  readonly ingest: ReturnType<typeof ingest>;
  /** Settles when it is in this state, at once if it is already. */
  is(state: ConnectorState): Promise<void>;
  /** Settles when it comes to be in this state once more. */
  becomes(state: ConnectorState): Promise<void>;
};

type Options = Omit<Partial<MqttConnectorParts>, 'ingest'> & {
  readonly url: string;
  readonly ingestLimits?: Partial<IngestLimits>;
  readonly translator?: Translator;
};

export const openConnector = (
  t: TestContext,
  { ingestLimits = {}, limits = {}, translator = plainTranslator, ...parts }: Options,
) => {
  const log = controlledLog();
  const loop = ingest({
    log,
    codec: plainCodec,
    translator,
    logger: silentLogger,
    limits: { intervalMs, ...ingestLimits },
  });
  let waiting: { readonly state: ConnectorState; readonly resolve: () => void }[] = [];
  const connector = mqttConnector({
    clientId: 'plenum',
    filters: ['t/#'],
    ingest: loop,
    leases: testLeases(memoryLeaseTable()),
    clock: { nowUs: () => Date.now() * 1000 },
    logger: silentLogger,
    limits: { retryMsMin: 5, retryMsMax: 20, ...limits },
    onState: (state) => {
      for (const waiter of waiting) if (waiter.state === state) waiter.resolve();
      waiting = waiting.filter((waiter) => waiter.state !== state);
    },
    ...parts,
  });
  const becomes = (state: ConnectorState): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push({ state, resolve });
    return promise;
  };
  t.after(() => {
    log.heal();
    log.release();
    return connector.close();
  });
  const is = async (state: ConnectorState): Promise<void> => {
    if (connector.state() !== state) await becomes(state);
  };
  return { ...connector, log, ingest: loop, is, becomes } satisfies TestConnector;
};

/** One process's view of the leases. Only a test that waits until one runs out makes it short. */
export const testLeases = (table: Pick<MemoryLeaseTable, 'open'>, ttlMs = 60_000): Leases =>
  leases({
    store: table.open(),
    newHolder: randomUUID,
    logger: silentLogger,
    limits: { ttlMs, renewMs: 200, lookMs: 50 },
  });
