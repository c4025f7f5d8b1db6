/**
 * Sends nodes the commands that they are due. What is to be sent is in a table that is written with the decisions, so a log that is
 * read again sends nothing. A command is claimed in its stream before it is published: of several processes one sends it.
 */
import type { OpenCommandReads } from '@plenum/device';
import { type Issue, type Logger, retryUntilStopped, type Timer, untilInStepMs } from '@plenum/runtime';
import { attempts, by, type CommandCounts } from './attempts.ts';
import { claimed } from './claims.ts';
import { databaseClock } from './database-clock.ts';
import type { WayToNodes } from './way-to-nodes.ts';

export type CommandSenderParts = {
  readonly way: WayToNodes;
  readonly reads: OpenCommandReads;
  readonly issue: Issue;
  /** What this process is called in the evidence. */
  readonly replica: string;
  /** A name that is used only once. */
  readonly newId: () => string;
  readonly logger: Logger;
  readonly timer: Timer;
  /** Called before a command is published. */
  readonly onSend?: ((commandId: string) => void) | undefined;
  /** How often it is looked for attempts that are due again. */
  readonly sweepMs?: number;
};

export type CommandSender = {
  /** A node has a new command. */
  look(nodeId: string): void;
  /** A node is there now: what was sent before and not acknowledged is sent again. */
  arrived(nodeId: string): void;
  /** Something may have been missed. */
  sweep(): void;
  counts(): CommandCounts;
  /** Sends nothing more, and settles when what is known of what was sent is recorded. To be called when `devices` has closed. */
  close(): Promise<void>;
  /** Rejects with what is no transient failure. */
  readonly failed: Promise<never>;
};

const nodesMax = 1_000;
const commandsMax = 500;

export const commandSender = (parts: CommandSenderParts): CommandSender => {
  const { way, reads, issue, logger, timer, replica, newId, sweepMs = 5_000 } = parts;
  const closing = new AbortController();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // Its owner awaits it; until then it is not unhandled.
  /** Waits while the database is away; `undefined` when this ends meanwhile. */
  const patient = <T>(work: () => Promise<T>, stop: AbortSignal = closing.signal): Promise<T | undefined> =>
    retryUntilStopped(work, {
      ...{ logger, fields: { part: 'commands' }, stop },
      ...{ waiting: 'commands wait for the database', again: 'commands go on' },
    });
  const clock = databaseClock(timer);
  const trying = attempts({ ...parts, clock, patient, closing: closing.signal, failed: failure.reject });

  const round = async (nodeIds: readonly string[], again: boolean): Promise<void> => {
    const absent = nodeIds.filter(way.isAbsent);
    const asked = { nodeIds, absent, again, except: trying.underWay(), limit: commandsMax };
    let askedMs = 0;
    const commands = await patient(() => {
      askedMs = timer.nowMs();
      return reads.sendable(asked);
    });
    const [first] = commands ?? [];
    if (commands === undefined || first === undefined) return;
    clock.saw(Number(first.now_us), askedMs);
    // One look at a time, so that a node gets them in their order.
    for await (const mine of claimed({ commands, issue, patient, by, newId, replica, nowUs: clock.nowUs })) {
      for (const command of mine) trying.publish(command);
    }
    if (commands.length === commandsMax) for (const nodeId of nodeIds) wanted.add(nodeId, again);
  };
  const wanted = wantedNodes(way, closing.signal, round, failure.reject);

  const sweep = async (): Promise<void> => {
    trying.forgetExpired();
    const here = way.here();
    if (here?.length === 0) return;
    const due = await patient(() => reads.nodesDue(here, nodesMax));
    for (const nodeId of due ?? []) wanted.add(nodeId, false);
  };
  const sweeps = everyNowAndThen({ timer, everyMs: sweepMs, stop: closing.signal, failed: failure.reject }, sweep);

  return {
    look: (nodeId) => wanted.add(nodeId, false),
    arrived: (nodeId) => wanted.add(nodeId, true),
    sweep: sweeps.now,
    counts: trying.counts,
    close: async () => {
      closing.abort();
      await sweeps.close();
      await wanted.idle();
      await trying.close();
    },
    failed: failure.promise,
  };
};

/** Nodes to be looked at, many of them together, and one look at a time, so that a node's commands keep their order. */
const wantedNodes = (
  way: WayToNodes,
  stop: AbortSignal,
  round: (nodeIds: readonly string[], again: boolean) => Promise<void>,
  failed: (error: unknown) => void,
) => {
  /** `true`: what was sent is sent again. */
  const wanted = new Map<string, boolean>();
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (wanted.size > 0 && !stop.aborted) {
      const taken = [...wanted].slice(0, nodesMax);
      for (const [nodeId] of taken) wanted.delete(nodeId);
      for (const again of [true, false]) {
        const nodeIds = taken.filter(([nodeId, isAgain]) => isAgain === again && way.reaches(nodeId)).map(([id]) => id);
        if (nodeIds.length > 0) await round(nodeIds, again);
      }
    }
    running = undefined; // In the same turn as the look at what is wanted: what comes from now on begins anew.
  };
  return {
    add: (nodeId: string, again: boolean): void => {
      if (stop.aborted || !way.reaches(nodeId)) return;
      wanted.set(nodeId, again || wanted.get(nodeId) === true);
      running ??= Promise.resolve().then(run).catch(failed);
    },
    idle: async (): Promise<void> => {
      await running;
    },
  };
};

type NowAndThen = {
  readonly timer: Timer;
  readonly everyMs: number;
  readonly stop: AbortSignal;
  readonly failed: (error: unknown) => void;
};

/** Never twice at once. */
const everyNowAndThen = ({ timer, everyMs, stop, failed }: NowAndThen, work: () => Promise<void>) => {
  let running: Promise<void> | undefined;
  const now = (): void => {
    if (stop.aborted) return;
    running ??= work()
      .catch(failed)
      .finally(() => {
        running = undefined;
      });
  };
  const next = (): (() => void) =>
    timer.after(untilInStepMs(everyMs, timer.nowMs()), () => {
      cancel = next();
      now();
    });
  let cancel = next();
  return {
    now,
    close: async (): Promise<void> => {
      cancel();
      await running;
    },
  };
};
