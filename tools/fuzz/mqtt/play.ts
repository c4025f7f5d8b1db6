/** A server, and steps that are played to it. After each round, and when all sessions have ended, its state has to say so. */

import { type ServerInProcess, serverInProcess } from '@plenum/mqtt/testing';
import { type Ingest, ingest } from '@plenum/runtime';
import {
  type MemorySessions,
  memorySessions,
  plainCodec,
  plainTranslator,
  silentLogger,
} from '@plenum/runtime/testing';
import { type Client, newClient } from './client.ts';
import { type ForgetfulLog, forgetfulLog } from './forgetful-log.ts';
import { limits } from './limits.ts';
import { roundProblems, sessionsProblems } from './look.ts';
import type { Step } from './steps.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

export type Played = {
  /** Plays steps; the first problem, if any. */
  play(steps: readonly Step[]): Promise<string | undefined>;
  /** Lets the time of all sessions run out; the first problem, if any. */
  endSessions(): Promise<string | undefined>;
  close(): Promise<void>;
};

/** One at a time in a process: time is its own while it is open. */
export const openServer = async (): Promise<Played> => {
  const world = await openWorld();
  const { server, loop, time } = world;
  const thrown = (error: unknown): void => world.wrong(`thrown out of the server: ${(error as Error)?.stack ?? error}`);
  process.on('uncaughtException', thrown);
  process.on('unhandledRejection', thrown);
  return {
    play: async (steps) => {
      try {
        for (const next of steps) {
          if (world.problem !== undefined) break;
          await take(world, next);
        }
      } catch (error) {
        thrown(error);
      }
      return world.problem;
    },
    endSessions: async () => {
      // Longer than any session and will is kept, and until that is looked for.
      for (let second = 0; second < 100; second += 1) {
        time.pass(1000);
        await time.turn();
      }
      await server.dropRetained(); // What follows is the same then, whatever came before.
      for (const text of sessionsProblems(server.look())) world.wrong(text);
      if (world.waitingDeliveries > 0) world.wrong('a device message was never settled');
      return world.problem;
    },
    close: async () => {
      try {
        // Given up at once: after a problem it may never be dry.
        await loop.drain(AbortSignal.abort());
        await Promise.race([server.close(), time.turn().then(time.turn)]);
      } catch (error) {
        thrown(error);
      }
      time.stop();
      process.off('uncaughtException', thrown);
      process.off('unhandledRejection', thrown);
    },
  };
};

type World = {
  readonly time: VirtualTime;
  readonly log: ForgetfulLog;
  readonly store: MemorySessions;
  readonly loop: Ingest;
  readonly server: ServerInProcess;
  readonly clients: Map<number, Client>;
  /** The first one. */
  problem: string | undefined;
  readonly wrong: (problem: string) => void;
  /** Device messages that are not settled. */
  waitingDeliveries: number;
};

const openWorld = async (): Promise<World> => {
  const time = virtualTime();
  const log = forgetfulLog();
  const store = memorySessions();
  const loop = ingest({
    ...{ log, timer: time.timer, codec: plainCodec, translator: plainTranslator, logger: silentLogger },
    limits: { intervalMs: 3, inHandBytesMax: 256 * 1024 },
  });
  let ids = 0;
  const server = await serverInProcess({
    ...{ ingest: loop, store: store.open(), logger: silentLogger, limits },
    clock: { nowUs: () => Date.now() * 1000 + 999 }, // Finer than a millisecond, as it is.
    newId: () => `00000000-0000-7000-8000-${String((ids += 1) % 1e12).padStart(12, '0')}`,
  });
  const world: World = {
    ...{ time, log, store, loop, server, clients: new Map(), problem: undefined, waitingDeliveries: 0 },
    wrong: (text) => {
      world.problem ??= text;
    },
  };
  return world;
};

const take = async (world: World, step: Step): Promise<void> => {
  const { clients, time, log, store } = world;
  switch (step.does) {
    case 'open':
      open(world, step.client, step.halfOpen);
      break;
    case 'send':
      clients.get(step.client)?.send(step.bytes);
      break;
    case 'acknowledge':
      clients.get(step.client)?.acknowledge(step.how);
      break;
    case 'pass':
      time.pass(step.ms);
      await time.turn();
      break;
    case 'turn':
      await time.turn();
      break;
    case 'log':
      log.set(step.is);
      break;
    case 'store':
      if (step.is === 'away') store.cut();
      else store.heal();
      break;
    case 'device-message':
      sendDeviceMessage(world, step);
      break;
    case 'settle':
      await settle(world);
      break;
    default:
      clients.get(step.client)?.[step.does]();
  }
};

const open = ({ clients, server, wrong }: World, name: number, halfOpen: boolean): void => {
  const client = newClient(halfOpen, wrong);
  clients.get(name)?.destroy();
  clients.set(name, client);
  server.handle(client.stream);
};

const sendDeviceMessage = (world: World, { topic, qos, expiryMs }: Step & { does: 'device-message' }): void => {
  world.waitingDeliveries += 1;
  void world.server.publish({ topic, qos, expiryMs, payload: Buffer.from('to devices') }).then(() => {
    world.waitingDeliveries -= 1;
  });
};

const turnsUntil = async (time: VirtualTime, turns: number, reached: () => boolean): Promise<boolean> => {
  for (let turn = 0; turn < turns; turn += 1) {
    if (reached()) return true;
    await time.turn();
  }
  return reached();
};

/** A bound on how long the server has to close a connection that it has to close, when log and store are there. */
const turnsMax = 60;
/** Longer than the pause between two tries of a log that was away, and than a closed connection lingers. */
const whileMs = 2500;

const settle = async ({ server, loop, time, clients, wrong, log, store }: World): Promise<void> => {
  log.set('there');
  store.heal();
  time.pass(whileMs);
  const all = [...clients.values()];
  const areClosed = () => all.every((client) => !client.mustBeClosed() || client.isClosed());
  if (!(await turnsUntil(time, turnsMax, areClosed))) wrong('a connection that has to be closed is left open');
  for (const client of all) client.end();
  const allClosed = () => all.every((client) => client.isClosed());
  if (!(await turnsUntil(time, turnsMax, allClosed))) wrong('a connection whose client has ended it is left open');
  time.pass(whileMs);
  const areGone = () => all.every(({ stream }) => stream.destroyed) && server.look().connections === 0;
  if (!(await turnsUntil(time, turnsMax, areGone))) wrong('a connection is held that nobody needs any more');
  clients.clear();
  const isDry = () => loop.balance().inHand === 0 && server.look().taking === 0;
  if (!(await turnsUntil(time, turnsMax, isDry))) wrong('messages or CONNECTs are in hand that should be done');
  for (const text of roundProblems(server.look(), loop.balance(), loop.load())) wrong(text);
};
