/**
 * What others are to hear of decisions once they are committed: that of many together, in a transaction of its own that waits for no
 * disk. PostgreSQL lets transactions that notify commit one after another, each with its wait for the disk, and wakes everybody who
 * listens to anything: with a NOTIFY in each decision, 200 decisions a second were more than a disk took.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '@plenum/read-model';
import type { Logger } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';

export type Notices = {
  /** Is sent soon, or is lost: who listens looks now and then as well. */
  add(notices: readonly Notice[]): void;
  /** Settles when what was added is sent or lost. To be called before the pool ends. */
  close(): Promise<void>;
};

/** From the end of one to the next. */
const apartMs = 5;

const send = `
  select pg_notify(n.channel, n.payload)
    from (select set_config('synchronous_commit', 'off', true)) as unforced, unnest($1::text[], $2::text[]) as n(channel, payload)`;

export const openNotices = (pool: pg.Pool, logger: Logger): Notices => {
  let waiting: Notice[] = [];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const some = waiting;
      waiting = [];
      const values = [some.map(({ channel }) => channel), some.map(({ payload }) => payload)];
      await query(pool, send, values).catch((error: unknown) => {
        logger.debug({ error }, 'others do not hear of a decision, and have to look');
      });
      await sleep(apartMs);
    }
    running = undefined; // In the same turn as the look at what waits.
  };
  return {
    add: (notices) => {
      waiting.push(...notices);
      if (waiting.length > 0) running ??= run();
    },
    close: async () => {
      await running;
    },
  };
};
