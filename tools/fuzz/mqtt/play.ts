/** A server, and steps that are played to it. After each round, and when all sessions have ended, its state has to say so. */

import { serverInProcess } from '@plenum/mqtt/testing';
import { ingest } from '@plenum/runtime';
import { memorySessions, plainCodec, plainTranslator, silentLogger } from '@plenum/runtime/testing';
import { type Client, newClient } from './client.ts';
import { forgetfulLog } from './forgetful-log.ts';
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
  const time = virtualTime();
  const { timer } = time;
  const log = forgetfulLog();
  const store = memorySessions();
  const loop = ingest({
    ...{ log, timer, codec: plainCodec, translator: plainTranslator, logger: silentLogger },
    limits: { intervalMs: 3, inHandBytesMax: 256 * 1024 },
  });
  let ids = 0;
  const server = await serverInProcess({
    ...{ ingest: loop, store: store.open(), logger: silentLogger, limits },
    clock: { nowUs: () => Date.now() * 1000 + 999 }, // Finer than a millisecond, as it is.
    newId: () => `00000000-0000-7000-8000-${String((ids += 1) % 1e12).padStart(12, '0')}`,
  });
  let problem: string | undefined;
  let waitingDeliveries = 0;
  const wrong = (text: string): void => {
    problem ??= text;
  };
  const thrown = (error: unknown): void => wrong(`thrown out of the server: ${(error as Error)?.stack ?? error}`);
  process.on('uncaughtException', thrown);
  process.on('unhandledRejection', thrown);
  const clients = new Map<number, Client>();
  const around = { server, loop, time, clients, wrong };

  const step = async (next: Step): Promise<void> => {
    switch (next.does) {
      case 'open': {
        const client = newClient(next.halfOpen, wrong);
        clients.get(next.client)?.destroy();
        clients.set(next.client, client);
        server.handle(client.stream);
        break;
      }
      case 'send':
        clients.get(next.client)?.send(next.bytes);
        break;
      case 'acknowledge':
        clients.get(next.client)?.acknowledge(next.how);
        break;
      case 'pass':
        time.pass(next.ms);
        await time.turn();
        break;
      case 'turn':
        await time.turn();
        break;
      case 'log':
        log.set(next.is);
        break;
      case 'store':
        if (next.is === 'away') store.cut();
        else store.heal();
        break;
      case 'device-message': {
        const { topic, qos, expiryMs } = next;
        waitingDeliveries += 1;
        void server.publish({ topic, qos, expiryMs, payload: Buffer.from('to devices') }).then(() => {
          waitingDeliveries -= 1;
        });
        break;
      }
      case 'settle':
        log.set('there');
        store.heal();
        await settle(around);
        break;
      default:
        clients.get(next.client)?.[next.does]();
    }
  };
  return {
    play: async (steps) => {
      try {
        for (const next of steps) {
          if (problem !== undefined) break;
          await step(next);
        }
      } catch (error) {
        thrown(error);
      }
      return problem;
    },
    endSessions: async () => {
      // Longer than any session and will is kept, and until that is looked for.
      for (let second = 0; second < 100; second += 1) {
        time.pass(1000);
        await time.turn();
      }
      for (const text of sessionsProblems(server.look())) wrong(text);
      if (waitingDeliveries > 0) wrong('a device message was never settled');
      return problem;
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

type Around = {
  readonly server: Awaited<ReturnType<typeof serverInProcess>>;
  readonly loop: ReturnType<typeof ingest>;
  readonly time: VirtualTime;
  readonly clients: Map<number, Client>;
  readonly wrong: (problem: string) => void;
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

const settle = async ({ server, loop, time, clients, wrong }: Around): Promise<void> => {
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
