/** A `connect` door before a log that does what the test tells it. */

import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type IngestLimits, ingest, type Leases, leases, type Meaning } from '@plenum/runtime';
import {
  type ControlledLog,
  controlledLog,
  type MemoryLeaseTable,
  memoryLeaseTable,
  plainCodec,
  plainMeaning,
  silentLogger,
} from '@plenum/runtime/testing';
import { type ConnectDoor, type ConnectDoorParts, type ConnectState, connectDoor } from '../connect/connect-door.ts';

export type TestConnectDoor = ConnectDoor & {
  readonly log: ControlledLog;
  readonly ingest: ReturnType<typeof ingest>;
  /** Settles when it is in this state, at once if it is already. */
  is(state: ConnectState): Promise<void>;
  /** Settles when it comes to be in this state once more. */
  becomes(state: ConnectState): Promise<void>;
};

type Options = Omit<Partial<ConnectDoorParts>, 'ingest'> & {
  readonly url: string;
  readonly ingestLimits?: Partial<IngestLimits>;
  readonly meaning?: Meaning;
};

export const openConnectDoor = (
  t: TestContext,
  { ingestLimits = {}, limits = {}, meaning = plainMeaning, ...parts }: Options,
) => {
  const log = controlledLog();
  const loop = ingest({ log, codec: plainCodec, meaning, logger: silentLogger, limits: ingestLimits });
  let waiting: { readonly state: ConnectState; readonly resolve: () => void }[] = [];
  const door = connectDoor({
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
  const becomes = (state: ConnectState): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push({ state, resolve });
    return promise;
  };
  t.after(() => {
    log.heal();
    log.release();
    return door.close();
  });
  const is = async (state: ConnectState): Promise<void> => {
    if (door.state() !== state) await becomes(state);
  };
  return { ...door, log, ingest: loop, is, becomes } satisfies TestConnectDoor;
};

/** One process's view of the leases. Only a test that waits until one runs out makes it short. */
export const testLeases = (table: Pick<MemoryLeaseTable, 'open'>, ttlMs = 60_000): Leases =>
  leases({
    store: table.open(),
    newHolder: randomUUID,
    logger: silentLogger,
    limits: { ttlMs, renewMs: 200, lookMs: 50 },
  });
