/**
 * How a process hears of what others appended: by notification, which is a hint and is lost with its connection, and
 * by looking five times a second, which is what counts. Both on one connection of their own, which also carries the
 * groups' heartbeats, so that neither waits behind a busy pool.
 */
import { backOff, type Logger, pause, retryUntilStopped } from '@plenum/runtime';
import type pg from 'pg';
import type { Ends } from './ends.ts';
import { type HeldConnection, holdConnection } from './held-connection.ts';
import type { LogDatabase } from './log-database.ts';

export type Notifications = {
  readonly connection: HeldConnection;
  /** Begins to listen and to look, if it has not. */
  start(): void;
  /** Calls `wake` when a member of this group has come, gone, or given something back; until the returned call. */
  onGroup(group: string, wake: () => void): () => void;
  close(): Promise<void>;
};

const lookEveryMs = 200;
/** A look reads one small table; a connection that takes longer than this is dead. */
const answerMsMax = 5_000;

export const openNotifications = ({ pool, schema }: LogDatabase, ends: Ends, logger: Logger): Notifications => {
  const groups = new Map<string, Set<() => void>>();
  const closing = new AbortController();
  let looking: Promise<void> | undefined;

  const hear = (message: pg.Notification): void => {
    const [kind, ...rest] = (message.payload ?? '').split(' ');
    const what = rest.join(' ');
    if (kind === 'group') for (const wake of [...(groups.get(what) ?? [])]) wake();
    if (kind === 'ends') hearEnds(what, ends);
  };
  const connection = holdConnection(pool, async (client) => {
    client.on('notification', hear);
    await client.query(`listen ${schema}`);
  });

  return {
    connection,
    start() {
      looking ??= look({ connection, schema, ends, logger }, closing.signal);
    },
    onGroup(group, wake) {
      const waiting = groups.get(group) ?? new Set();
      groups.set(group, waiting.add(wake));
      return () => void waiting.delete(wake);
    },
    async close() {
      closing.abort();
      await looking;
      await connection.close();
    },
  };
};

/** `topic:partition:end,…` */
const hearEnds = (list: string, ends: Ends): void => {
  for (const item of list.split(',')) {
    const [topic, partition, end] = item.split(':');
    if (topic !== undefined && partition !== undefined && end !== undefined) {
      ends.reached(Number(topic), Number(partition), BigInt(end));
    }
  }
};

type Looking = Pick<LogDatabase, 'schema'> & {
  readonly connection: HeldConnection;
  readonly ends: Ends;
  readonly logger: Logger;
};

/** Whatever it fails of, it tries again: that notifications do not come would otherwise not be noticed. */
const look = async ({ connection, schema, ends, logger }: Looking, stop: AbortSignal): Promise<void> => {
  const once = async (): Promise<void> => {
    const rows = await connection.query<{ topic: number; part: number; next: string }>(
      { name: `${schema}_ends`, text: `select topic, part, next_offset as next from ${schema}.log_head` },
      answerMsMax,
    );
    for (const row of rows) ends.reached(row.topic, row.part, BigInt(row.next));
  };
  while (!stop.aborted) {
    await retryUntilStopped(once, {
      ...{ logger, waiting: 'the log cannot be read', again: 'the log can be read again' },
      ...{ wait: backOff(lookEveryMs, 2_000), stop, isRetried: () => true },
    });
    await pause(lookEveryMs, stop);
  }
};
