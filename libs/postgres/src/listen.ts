/**
 * Hears what is notified on a channel, on a connection of its own. A notification is a hint: those that were sent while
 * there was no connection are lost, and the listener is notified that some may have been.
 */
import { backOff, type ListenedChannel, type Listening, type Logger, pause, retryUntilStopped } from '@plenum/runtime';
import type pg from 'pg';
import { holdConnection } from './log/held-connection.ts';

export type ListenParts = ListenedChannel & {
  /** One connection of it is kept. */
  readonly pool: pg.Pool;
  readonly logger: Logger;
};

/** A connection that answers no more is noticed after about a second. */
const lookEveryMs = 500;
const answerMsMax = 1_000;
/** For the first answer of a connection, which comes late in a process that is starting and has no time to look. */
const firstAnswerMsMax = 5_000;

/** Begins to listen, and goes on until it is closed: a connection that is lost is made anew. */
export const listenTo = ({ pool, channel, logger, hear, begun }: ListenParts): Listening => {
  const closing = new AbortController();
  const connection = holdConnection(pool, async (client) => {
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    await client.query(`listen ${channel}`);
    begun();
  });
  let answered = false;
  const once = async (): Promise<void> => {
    const patienceMs = answered ? answerMsMax : firstAnswerMsMax;
    answered = false;
    await connection.query({ text: 'select 1' }, patienceMs);
    answered = true;
  };
  const look = async (stop: AbortSignal): Promise<void> => {
    while (!stop.aborted) {
      await retryUntilStopped(once, {
        ...{ logger, fields: { channel } },
        ...{ waiting: 'the channel cannot be listened to', again: 'the channel is listened to again' },
        ...{ wait: backOff(lookEveryMs, 2_000), stop, isRetried: () => true },
      });
      await pause(lookEveryMs, stop);
    }
  };
  const looking = look(closing.signal);
  return {
    close: async () => {
      closing.abort();
      await looking;
      await connection.close();
    },
  };
};
