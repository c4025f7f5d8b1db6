import type { TestContext } from 'node:test';
import { type IngestLimits, ingest, systemTimer, type Timer } from '@plenum/runtime';
import { type ControlledLog, controlledLog, plainCodec, plainMeaning, silentLogger } from '@plenum/runtime/testing';
import type { DoorLimits } from '../broker/door-limits.ts';
import { type ListenDoor, type ListenDoorParts, listenDoor } from '../listen-door.ts';

export type TestDoor = ListenDoor & {
  readonly log: ControlledLog;
  readonly ingest: ReturnType<typeof ingest>;
  readonly port: number;
};

type Options = {
  readonly limits?: Partial<DoorLimits>;
  readonly ingestLimits?: Partial<IngestLimits>;
  readonly parts?: Partial<ListenDoorParts>;
  /** Of the ingest loop, and so of how long messages are held. */
  readonly timer?: Timer;
};

/** The same, closed when the test ends. */
export const opened = async (t: TestContext, options: Options = {}): Promise<TestDoor> => {
  const door = await testDoor(options);
  t.after(() => {
    door.log.heal();
    door.log.release();
    return door.close();
  });
  return door;
};

/** A door on a free port of this machine, before a log that does what the test tells it. */
export const testDoor = async (options: Options = {}): Promise<TestDoor> => {
  const { limits = {}, ingestLimits = {}, parts = {}, timer = systemTimer } = options;
  const log = controlledLog();
  const meant = { codec: plainCodec, meaning: plainMeaning };
  const loop = ingest({ log, ...meant, logger: silentLogger, limits: ingestLimits, timer });
  const door = await listenDoor({
    tcp: { host: '127.0.0.1', port: 0 },
    ingest: loop,
    clock: { nowUs: () => Date.now() * 1000 },
    logger: silentLogger,
    limits,
    ...parts,
  });
  return { ...door, log, ingest: loop, port: door.tcp?.port ?? 0 };
};
