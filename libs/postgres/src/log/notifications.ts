/**
 * How a process hears of what others appended: by notification, which is a hint and is lost with its connection, and
 * by looking, which is what counts: as soon as there is a new connection, and now and then in any case. Both on one connection
 * of their own, which also carries the process's session in its groups, so that neither waits behind a busy pool.
 */
import { backOff, type Logger, pause, retryUntilStopped, untilInStepMs } from '@plenum/runtime';
import type pg from 'pg';
import type { Ends } from './ends.ts';
import { holdConnection } from './held-connection.ts';
import type { LogDatabase } from './log-database.ts';
import { keepBeating, openSession, type SessionConnection } from './session.ts';

export type Notifications = {
  readonly connection: SessionConnection;
  /** From now on hears and looks how far these topics reach, by their ids, and sends heartbeats. */
  follow(topicIds: readonly number[]): void;
  /** Calls `wake` when a member of this group has come, gone, or given something back; until the returned call. */
  onGroup(group: string, wake: () => void): () => void;
  close(): Promise<void>;
};

/** How long to wait for the next look, when so many one after the other have found nothing. */
export type UntilLook = (inVain: number) => number;

/**
 * How often is looked: more and more seldom while every look finds what notifications have told already, or nothing. A look
 * that finds more was needed, and the next ones are soon. So who hears nothing although the connection stands, behind a pooler
 * in transaction mode for instance, waits up to four seconds for what comes after a rest, and 200 ms while more comes. The most is
 * two heartbeats, and the moments are theirs.
 * A look costs about half a millisecond of CPU here and at the server: looking five times a second was the greater part of what
 * a process at rest cost.
 */
const lookMs = { least: 200, most: 4_000 };
const untilLookMs: UntilLook = (inVain) => {
  const waitMs = lookMs.least * 2 ** inVain;
  return waitMs < lookMs.most ? waitMs : untilInStepMs(lookMs.most);
};
/** A look reads one small table; a connection that takes longer than this is dead. */
const answerMsMax = 5_000;

export const openNotifications = (
  { pool, schema }: LogDatabase,
  ends: Ends,
  logger: Logger,
  untilLook = untilLookMs,
): Notifications => {
  const followed = new Set<number>();
  const groups = new Map<string, Set<() => void>>();
  const closing = new AbortController();
  let running: Promise<unknown> | undefined;

  let missed = new AbortController();
  /** Something may have been missed: look at once. */
  const lookNow = (): void => missed.abort();
  const untilMissed = (): AbortSignal => {
    missed = new AbortController();
    return missed.signal;
  };

  const hear = ({ channel, payload = '' }: pg.Notification): void => {
    if (channel === schema) for (const wake of [...(groups.get(payload) ?? [])]) wake();
    // One that would have been too long names nothing.
    else if (payload === '') lookNow();
    else hearEnds(Number(channel.slice(schema.length + 1)), payload, ends);
  };
  /** Groups have one channel, and every topic has its own: an append wakes only those who follow what it is in. */
  const listen = (topicIds: Iterable<number>): string =>
    [schema, ...[...topicIds].map((id) => `${schema}_${id}`)].map((channel) => `listen ${channel}`).join(';');
  const connection = holdConnection(pool, async (client, lost) => {
    client.on('notification', hear);
    // The next look is on a new one, which it opens if nobody else has.
    for (const end of ['error', 'end']) client.once(end, lookNow);
    await client.query(listen(followed));
    lookNow();
    return openSession(client, schema, lost);
  });

  return {
    connection,
    follow(topicIds) {
      const added = topicIds.filter((id) => !followed.has(id));
      for (const id of added) followed.add(id);
      if (running === undefined) {
        running = Promise.all([
          look({ connection, schema, followed, ends, logger, untilLook, untilMissed }, closing.signal),
          keepBeating({ connection, schema, logger }, closing.signal),
        ]);
      } else if (added.length > 0) {
        // What came before it was listened to is looked for; a new connection listens to all there is to follow.
        void connection.query({ text: listen(added) }, answerMsMax).then(lookNow, connection.drop);
      }
    },
    onGroup(group, wake) {
      const waiting = groups.get(group) ?? new Set();
      groups.set(group, waiting.add(wake));
      return () => void waiting.delete(wake);
    },
    async close() {
      closing.abort();
      await running;
      await connection.close();
    },
  };
};

/** `partition:end,…` */
const hearEnds = (topicId: number, list: string, ends: Ends): void => {
  for (const item of list.split(',')) {
    const [partition, end] = item.split(':');
    if (partition !== undefined && end !== undefined) ends.reached(topicId, Number(partition), BigInt(end));
  }
};

type Looking = Pick<LogDatabase, 'schema'> & {
  readonly connection: SessionConnection;
  readonly followed: ReadonlySet<number>;
  readonly ends: Ends;
  readonly logger: Logger;
  readonly untilLook: UntilLook;
  /** Aborts when something may have been missed from now on. */
  readonly untilMissed: () => AbortSignal;
};

/** Whatever it fails of, it tries again: that notifications do not come would otherwise not be noticed. */
const look = async (parts: Looking, stop: AbortSignal): Promise<void> => {
  const { connection, schema, followed, ends, logger, untilLook, untilMissed } = parts;
  const once = async (): Promise<boolean> => {
    const rows = await connection.query<{ topic: number; part: number; next: string }>(
      {
        name: `${schema}_ends`,
        text: `select topic, part, next_offset as next from ${schema}.log_head where topic = any($1)`,
        values: [[...followed]],
      },
      answerMsMax,
    );
    return rows.filter(({ topic, part, next }) => ends.reached(topic, part, BigInt(next))).length > 0;
  };
  let inVain = 0;
  while (!stop.aborted) {
    const missed = untilMissed();
    const foundMore = await retryUntilStopped(once, {
      ...{ logger, waiting: 'the log cannot be read', again: 'the log can be read again' },
      ...{ wait: backOff(200, 2_000), stop, isRetried: () => true },
    });
    inVain = foundMore === true ? 0 : inVain + 1;
    await pause(untilLook(inVain), stop, missed);
  }
};
