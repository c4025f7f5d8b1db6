/**
 * Keeps the server from filling its disk to the last block. PostgreSQL that cannot make its next WAL segment panics, and
 * then cannot come up again for want of the same space: nobody could read any more. So while there is too little left,
 * transactions are read-only by default. Appends and projections meet 25006 then, which is a transient failure, and reads go on.
 */
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@plenum/runtime';
import pg from 'pg';

export type DiskWatchParts = {
  readonly dataDirectory: string;
  /** Of any database of the server, as its superuser. */
  readonly url: string;
  readonly logger: Logger;
  /** Writes are refused when less than this is free, and taken again when there is twice as much. */
  readonly reserveBytes: number;
};

/** What a checkpoint, several WAL segments and whatever is written until the next look may take. */
export const diskReserveBytes = 128 * 1024 * 1024;

/** Far less is written in between than is kept in reserve, or is free beyond it: a look wakes a process that is at rest. */
const everyMs = { least: 250, most: 5_000 };
/** No disk of ours takes as much as the whole reserve in the least time between two looks. */
const bytesPerMsMax = diskReserveBytes / everyMs.least;

export type DiskWatch = {
  /** Settles when it looks no more. What is set stays: the next start looks again. */
  stop(): Promise<void>;
};

/** Settles after the first look. A server that is away is asked again at the next. */
export const watchDisk = async (parts: DiskWatchParts): Promise<DiskWatch> => {
  const stopping = new AbortController();
  // Unknown at first: a process that was killed may have left it read-only.
  let seen = await look(parts, { standing: undefined, freeBytes: 0 });
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      seen = await look(parts, seen);
      // The only way this rejects is that it was stopped, which is what is looked at next.
      await delay(untilNextMs(seen, parts), undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  const ended = watch();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};

type Seen = { readonly standing: 'roomy' | 'full' | undefined; readonly freeBytes: number };

/** As long as it takes at least until the reserve is touched. */
const untilNextMs = ({ standing, freeBytes }: Seen, { reserveBytes }: DiskWatchParts): number =>
  standing === 'roomy'
    ? Math.min(everyMs.most, Math.max(everyMs.least, (freeBytes - 2 * reserveBytes) / bytesPerMsMax))
    : everyMs.least;

const look = async (parts: DiskWatchParts, seen: Seen): Promise<Seen> => {
  const { dataDirectory, url, logger, reserveBytes } = parts;
  try {
    const { bavail, bsize } = await statfs(dataDirectory);
    const freeBytes = bavail * bsize;
    const before = seen.standing;
    const now = freeBytes < reserveBytes ? 'full' : freeBytes >= 2 * reserveBytes ? 'roomy' : (before ?? 'roomy');
    if (now === before) return { standing: now, freeBytes };
    await setReadOnly(url, now === 'full');
    if (now === 'full')
      logger.warn({ freeBytes, reserveBytes }, 'The disk is nearly full: nothing is written until there is space');
    else if (before === 'full') logger.info({ freeBytes }, 'There is space on the disk again');
    return { standing: now, freeBytes };
  } catch (error) {
    logger.debug({ error }, 'The free space on the disk is not known, or the setting cannot be changed');
    return { ...seen, freeBytes: 0 };
  }
};

const setReadOnly = async (url: string, on: boolean): Promise<void> => {
  const client = new pg.Client({ connectionString: url, application_name: 'plenum supervisor' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query('show default_transaction_read_only');
    if ((rows[0]?.default_transaction_read_only === 'on') === on) return;
    // Changes no table, so it is allowed either way; and it needs a few bytes, which are there.
    await client.query(`alter system ${on ? 'set' : 'reset'} default_transaction_read_only${on ? ' = on' : ''}`);
    await client.query('select pg_reload_conf()');
  } finally {
    await client.end();
  }
};
