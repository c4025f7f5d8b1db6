/**
 * Hears what is notified on a channel, on a connection of its own. A notification is a hint: those that were sent while
 * there was no connection are lost, and whoever listens is told that some may have been.
 */
import { backOff, type Logger, pause, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { holdConnection } from './log/held-connection.ts';

export type ListenParts = {
  /** One connection of it is kept. */
  readonly pool: pg.Pool;
  /** A plain name: it becomes part of a statement. */
  readonly channel: string;
  readonly logger: Logger;
  readonly hear: (payload: string) => void;
  /** The channel is listened to from now on; what came before, after a former call, may have been missed. */
  readonly begun: () => void;
};

export type Listening = {
  /** Lets go of the connection. */
  close(): Promise<void>;
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
  const look = async (): Promise<void> => {
    const wait = backOff(lookEveryMs, 2_000);
    let away = false;
    let answered = false;
    while (!closing.signal.aborted) {
      try {
        await connection.query({ text: 'select 1' }, answered ? answerMsMax : firstAnswerMsMax);
        answered = true;
        if (away) logger.info({ channel }, 'the channel is listened to again');
        away = false;
        wait.reset();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!(error instanceof TransientFailure)) logger.error({ channel, reason }, 'listening failed');
        else if (!away) logger.warn({ channel, code: error.code, reason }, 'the channel cannot be listened to');
        away = true;
        answered = false;
      }
      await pause(wait.next(), closing.signal);
    }
  };
  const looking = look();
  return {
    close: async () => {
      closing.abort();
      await looking;
      await connection.close();
    },
  };
};
