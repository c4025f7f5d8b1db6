/**
 * Hears what is notified on a channel, on a connection of its own. A notification is a hint: those that were sent while
 * there was no connection are lost, and the listener is notified that some may have been.
 */
import {
  backOff,
  type ListenedChannel,
  type Listening,
  type Logger,
  pause,
  retryUntilStopped,
  untilInStepMs,
} from '@plenum/runtime';
import type pg from 'pg';
import { holdConnection } from './log/held-connection.ts';

export type ListenParts = ListenedChannel & {
  /** One connection of it is kept. */
  readonly pool: pg.Pool;
  readonly logger: Logger;
};

/**
 * A connection that is closed is made anew at once. One that only answers no more, because its network or its server is gone,
 * is noticed after about four seconds; asking more often wakes a process that is at rest. So nothing may rest on a notification
 * alone: who listens believes what was read for about a second in any case (`freshMs` of what is kept of access and of
 * persons' keys). It is also what keeps a connection from being cut for its silence (`service-database.ts`).
 */
const lookEveryMs = 3_000;
const answerMsMax = 1_000;
/** For the first answer of a connection, which comes late in a process that is starting and has no time to look. */
const firstAnswerMsMax = 5_000;

/** Begins to listen, and goes on until it is closed: a connection that is lost is made anew. */
export const listenTo = ({ pool, channel, logger, hear, begun }: ListenParts): Listening => {
  const closing = new AbortController();
  let lost = new AbortController();
  const connection = holdConnection(pool, async (client) => {
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    for (const sign of ['error', 'end']) client.once(sign, () => lost.abort());
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
      lost = new AbortController();
      await retryUntilStopped(once, {
        ...{ logger, fields: { channel } },
        ...{ waiting: 'the channel cannot be listened to', again: 'the channel is listened to again' },
        ...{ wait: backOff(500, 2_000), stop, isRetried: () => true },
      });
      await pause(untilInStepMs(lookEveryMs), stop, lost.signal);
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
